"""The first command on a machine, run for real in a folder of its own, with nothing to install."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from innovation_week.bootstrap import run

pytestmark = pytest.mark.sqlite  # touches no database: once is enough


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "innovation_week").mkdir()
    shutil.copy(settings.BASE_DIR / "innovation_week" / "bootstrap.py", tmp_path / "innovation_week")
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    return tmp_path


def bootstrap(project: Path, **environment: str) -> tuple[int, str]:
    result = subprocess.run(
        [sys.executable, "innovation_week/bootstrap.py"],
        cwd=project,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


def test_an_environment_is_made_once_and_made_again_when_it_was_left_half_made(project):
    made = bootstrap(project)
    key = (project / "var" / "secret_key").read_text()
    again = bootstrap(project)
    (project / ".venv" / "unfinished").touch()
    half_made = bootstrap(project)
    (project / ".venv" / "bin" / "python").unlink()
    without_python = bootstrap(project)

    first = "Installing requirements.txt: about a minute the first time.\n"
    remade = f"The environment in .venv/ was left half made, or its Python is gone: making it again.\n{first}"
    assert made == (0, f"Making the Python environment in .venv/\n{first}")
    assert again == (0, "")
    assert half_made == (0, remade)
    assert without_python == (0, remade)
    assert (project / "var" / "secret_key").read_text() == key
    assert (project / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_requirements_that_cannot_be_installed_are_named_and_nothing_is_taken_for_done(project):
    bootstrap(project)
    (project / "requirements.txt").write_text("./nowhere-1.0-py3-none-any.whl --hash=sha256:" + "0" * 64 + "\n")
    code, output = bootstrap(project)

    assert code == 1
    assert "requirements.txt could not be installed:" in output
    assert "Traceback" not in output
    assert not list((project / ".venv").glob("*.installed")) or (project / ".venv" / "unfinished").exists()


def test_a_failure_is_told_by_its_reason_and_not_by_the_warnings_around_it(project):
    script = "print('ERROR: no route to the index')\nfor _ in range(6): print('WARNING: Retrying')\nraise SystemExit(1)"
    only_warnings = "print('WARNING: Retrying'); raise SystemExit(1)"

    assert run([sys.executable, "-c", script]) == "ERROR: no route to the index"
    assert run([sys.executable, "-c", only_warnings]) == "WARNING: Retrying"
    assert run([sys.executable, "-c", "raise SystemExit(1)"]) == "no reason given"
    assert run([sys.executable, "-c", "print('WARNING: no harm')"]) == ""


def test_the_data_is_for_nobody_else_on_the_machine(project):
    bootstrap(project)

    assert (project / "var").stat().st_mode & 0o777 == 0o700
    assert (project / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_named(project):
    (project / "var").write_text("a file where the folder should be")
    code, output = bootstrap(project)

    assert code == 1
    assert f"{project}/var cannot be used: File exists." in output
    assert "Traceback" not in output
