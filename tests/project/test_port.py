import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings

from innovation_week.port import problem

pytestmark = pytest.mark.sqlite  # touches no database: once is enough


@pytest.fixture
def two_busy_ports():
    """One after the other, so that the next one is not free either."""
    with socket.socket() as first, socket.socket() as second:
        while True:
            first.bind(("127.0.0.1", 0))
            try:
                second.bind(("127.0.0.1", first.getsockname()[1] + 1))
            except (OSError, OverflowError):
                first.close()
                first = socket.socket()
            else:
                break
        first.listen()
        second.listen()
        yield first.getsockname()[1]
        first.close()


def test_the_port_proposed_in_place_of_a_busy_one_is_free(two_busy_ports):
    sentence = problem(two_busy_ports)

    proposed = int(sentence.rpartition("PORT=")[2].removesuffix(" make run"))
    assert sentence == (
        f"Port {two_busy_ports} cannot be used (Address already in use). Stop what uses it, or choose another one: "
        f"PORT={proposed} make run"
    )
    assert proposed > two_busy_ports + 1
    assert problem(proposed) == ""


def test_make_run_looks_at_the_port_before_it_installs_anything(two_busy_ports):
    """As a script, by the Python of the system: the environment is not made yet."""
    steps = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "run", f"PORT={two_busy_ports}"],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"},  # those of make test
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    found = subprocess.run(
        [sys.executable, "-I", "innovation_week/port.py", str(two_busy_ports)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert [f"innovation_week/port.py {two_busy_ports}" in step for step in steps] == [True, False, False]
    assert (found.returncode, found.stdout, found.stderr) == (1, "", problem(two_busy_ports) + "\n")


def test_a_port_that_is_no_number_is_left_to_the_settings_which_refuse_it_by_name():
    found = subprocess.run(
        [sys.executable, "-I", "innovation_week/port.py", "http"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (found.returncode, found.stderr) == (0, "")


def test_make_run_goes_on_when_the_port_is_free():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    asked = subprocess.run([sys.executable, "innovation_week/port.py", str(port)], capture_output=True, check=False)

    assert (asked.returncode, asked.stdout, asked.stderr) == (0, b"", b"")
