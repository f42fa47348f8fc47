"""A site of its own for the measures: database, gunicorn, and the CPU that they use, read from /proc."""

import contextlib
import dataclasses as dc
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg2
from psycopg2 import sql

from innovation_week.child_process import end, start_tied

WORKERS = 2
TICKS = os.sysconf("SC_CLK_TCK")


@dc.dataclass
class Site:
    environment: dict[str, str]
    port: int
    masters: list[int]  # processes whose CPU, with that of their children, is the server's

    def step(self, name: str, *arguments: str) -> Any:
        """Run a step of ``bench.inside`` and return what it says."""
        command = [sys.executable, "-m", "bench.inside", name, *arguments]
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit(f"The step “{name}” failed: see above.")
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The site, as it runs for real."""
        with self._serving("--config", "python:innovation_week.gunicorn_settings", "innovation_week.wsgi"):
            yield

    @contextlib.contextmanager
    def running_floor(self) -> Iterator[None]:
        """``bench.floor`` on the same database, by as many processes and no threads."""
        subprocess.run([sys.executable, "-m", "bench.floor"], env=self.environment, check=True)
        bind = f"127.0.0.1:{self.port}"
        quiet = ["--no-control-socket", "--log-level", "warning"]
        with self._serving("--workers", str(WORKERS), "--bind", bind, *quiet, "bench.floor:application"):
            yield

    @contextlib.contextmanager
    def _serving(self, *arguments: str) -> Iterator[None]:
        process = start_tied([sys.executable, "-m", "gunicorn", *arguments], env=self.environment)
        self.masters.append(process.pid)
        try:
            self._wait()
            yield
        finally:
            self.masters.remove(process.pid)
            end(process, patience=15)

    def cpu(self) -> float:
        """Seconds of CPU used so far."""
        return tree_cpu(self.masters)

    def _wait(self) -> None:
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/bench/plain")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.2)
        sys.exit("The site did not start within a minute.")


def site(folder: Path, database: str) -> Site:
    """``database`` is an address, or "" for an SQLite file in ``folder``."""
    port = free_port()
    if database:
        create_database(database)
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": database or f"sqlite:///{folder}/bench.sqlite3",
        "VAR_DIR": str(folder),
        "SECRET_KEY": "only-for-the-measures-fifty-characters-and-more-0123456789",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "WEB_WORKERS": str(WORKERS),
        "DEMO": "0",
        "DEBUG": "0",
    }
    return Site(environment, port, [_postmaster(database)] if database else [])


def tree_cpu(masters: list[int]) -> float:
    """Seconds of user and system CPU of these processes and all their descendants, ended ones included."""
    table = _processes()
    children: dict[int, list[int]] = {}
    for pid, (parent, _ticks) in table.items():
        children.setdefault(parent, []).append(pid)
    waiting, total = [pid for pid in masters if pid in table], 0
    while waiting:
        pid = waiting.pop()
        total += table[pid][1]
        waiting += children.get(pid, [])
    return total / TICKS


def machine() -> tuple[float, float]:
    """Seconds of CPU that the whole machine has used, and those that it had to give (proc(5), first line of stat)."""
    user, nice, system, idle, waiting, *interrupts = map(int, Path("/proc/stat").read_text().split()[1:9])
    used = user + nice + system + sum(interrupts)
    return used / TICKS, (used + idle + waiting) / TICKS


def _processes() -> dict[int, tuple[int, int]]:
    """Parent and ticks of each process (proc(5), fields 4 and 14 to 17 of stat)."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                found[int(folder.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    return found


def create_database(address: str) -> None:
    """The server of ``tests.with_postgres`` starts with none of ours."""
    connection = psycopg2.connect(host=str(_folder(address)), user="postgres", dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(address.rpartition("/")[2])))
    connection.close()


def _postmaster(address: str) -> int:
    return int((_folder(address) / "data" / "postmaster.pid").read_text().split()[0])


def _folder(address: str) -> Path:
    """Where the server lives: the host of its address."""
    return Path(unquote(address.partition("@")[2].partition("/")[0]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
