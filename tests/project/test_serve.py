"""The commands as they are typed: real processes, on a port and in a folder of their own."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

pytestmark = pytest.mark.sqlite  # the processes have a database of their own: once is enough


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    outside = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTEST_CURRENT_TEST")}
    return {
        **outside,
        "SECRET_KEY": "x" * 50,
        "VAR_DIR": str(tmp_path),
        "PORT": str(free_port()),
        "DEMO": "0",
        "PYTHONUNBUFFERED": "1",
    }


@contextlib.contextmanager
def serving(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=90)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    read = ""
    for line in process.stdout:
        read += line
        if words in line:
            return read
    pytest.fail(f"“{words}” was never said:\n{read}")


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    command = psutil.Process(process.pid)
    return [command, *command.children(recursive=True)]


def assert_gone(processes: list[psutil.Process]) -> None:
    _gone, alive = psutil.wait_procs(processes, timeout=60)

    assert alive == []


def get(environment: dict[str, str], path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{environment['PORT']}{path}", timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_site_and_worker_start_and_end_together_and_nothing_is_made_again_the_second_time(environment):
    with serving(environment, "--prepare") as process:
        first = read_until(process, "Ctrl-C")
        health = get(environment, "/healthz")
        everybody = family(process)
        process.send_signal(signal.SIGINT)
        output, _none = process.communicate(timeout=90)
    with serving(environment, "--prepare") as process:
        second = read_until(process, "Ctrl-C")

    assert "Bringing the database up to date" in first
    assert health == (200, '{"database": "ok"}')
    assert len(everybody) == 5, "this command, gunicorn, its two workers and ours"
    assert "Stopping the site and the worker." in output
    assert "Traceback" not in first + output
    assert process.returncode == 0
    assert_gone(everybody)
    assert "Bringing" not in second
    assert "Collecting" not in second


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    outside = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    here = {**outside, "VAR_DIR": str(folder), "SECRET_KEY": "x" * 50}
    subprocess.run(command, cwd=settings.BASE_DIR, env=here, check=True)
    return folder


@pytest.fixture
def prepared(environment: dict[str, str], tmp_path: Path, migrated: Path) -> dict[str, str]:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    return environment


@pytest.mark.parametrize(("victim", "name"), [("gunicorn", "site"), ("manage.py work", "worker")])
def test_the_death_of_one_ends_the_other(prepared, victim, name):
    with serving(prepared) as process:
        read_until(process, "Ctrl-C")
        everybody = family(process)
        next(child for child in everybody[0].children() if victim in " ".join(child.cmdline())).kill()
        output, _none = process.communicate(timeout=90)

    assert f"The {name} ended by itself (signal SIGKILL): everything is stopped." in output
    assert process.returncode == 1
    assert_gone(everybody)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_kill_9_of_the_command_leaves_nothing_behind(prepared):
    with serving(prepared) as process:
        read_until(process, "Ctrl-C")
        everybody = family(process)
        process.kill()
        process.wait()

        assert_gone(everybody)


def test_a_busy_port_is_named_before_anything_is_done(environment, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["PORT"])))
        other.listen()
        with serving(environment, "--prepare") as process:
            output, _none = process.communicate(timeout=90)

    assert process.returncode == 1
    assert re.fullmatch(
        rf"CommandError: Port {environment['PORT']} cannot be used \(Address already in use\)\. "
        r"Stop what uses it, or choose another one: PORT=\d+ make run\n",
        output,
    )
    assert list(tmp_path.iterdir()) == []
