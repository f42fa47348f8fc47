"""A database file that was moved away is missed, not replaced by an empty one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.sqlite


@pytest.fixture
def manage(tmp_path: Path):
    outside = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    here = {**outside, "VAR_DIR": str(tmp_path), "SECRET_KEY": "x" * 50, "DEMO": "0"}

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        result = subprocess.run(
            command, cwd=settings.BASE_DIR, env=here, capture_output=True, text=True, check=False, timeout=120
        )
        return result.returncode, result.stdout + result.stderr

    return run


ASK = "from django.test import Client; print(Client(headers={'host': '127.0.0.1'}).get('/healthz').status_code)"


def test_only_migrating_makes_the_file(manage, tmp_path):
    file = tmp_path / "innovation_week.sqlite3"

    worker, said = manage("work", "--once")
    _code, health = manage("shell", "--no-imports", "-c", ASK)
    assert (worker, "unable to open database file" in said, "503" in health) == (1, True, True)
    assert list(tmp_path.glob("*.sqlite3*")) == []

    assert manage("migrate", "-v0") == (0, "")
    assert file.exists()
    assert manage("shell", "--no-imports", "-c", ASK) == (0, "200\n")


def test_a_file_moved_away_is_missed_and_found_again_when_it_is_back(manage, tmp_path):
    file = tmp_path / "innovation_week.sqlite3"
    manage("migrate", "-v0")

    file.rename(tmp_path / "elsewhere")
    missed, _said = manage("recount_seats")
    assert (missed, file.exists()) == (1, False)

    (tmp_path / "elsewhere").rename(file)
    assert manage("recount_seats") == (0, "Every count is right.\n")
