"""Make what the project needs on this machine: run by ``make`` with the Python of the system, before any library.

    python3 innovation_week/bootstrap.py [--dev]

Standard library only, and never imported by the site. It makes the environment in .venv/, installs the pinned
requirements (those of the developers too with --dev), the system libraries that they stand on when it may, and
the secret key. A step already done costs nothing.
"""

from __future__ import annotations  # a Python too old must get as far as the sentence that says so

import argparse
import ctypes
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST, TOO_NEW = (3, 11), (3, 15)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"  # there while the environment is being made
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
PANGO = ["libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"]
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="add what tests and checks need")
    options = parser.parse_args()
    check_python()
    install_system_packages(missing_packages(options.dev))
    make_environment()
    for name in ["requirements.txt", *(["requirements-dev.txt"] if options.dev else [])]:
        install_requirements(ROOT / name)
    make_secret_key()


def check_python() -> None:
    """A Python too old for the project starts over with a better one of the machine, or says which one to install."""
    if OLDEST <= sys.version_info[:2] < TOO_NEW:
        return
    found = ".".join(map(str, sys.version_info[:3]))
    for minor in range(TOO_NEW[1] - 1, OLDEST[1] - 1, -1):
        better = shutil.which(f"python3.{minor}")
        if better:
            os.execv(better, [better, *sys.argv])
    stop(
        f"python3 is Python {found}; the project needs 3.{OLDEST[1]} to 3.{TOO_NEW[1] - 1}. Install one "
        "(Debian 12 has it: apt-get install python3), or name it: make run PYTHON=/path/to/python3.11"
    )


# --- System packages ---------------------------------------------------------------------------------------------


def missing_packages(dev: bool) -> dict[str, str]:
    """Names of the Debian packages that this machine lacks, each with what it is for."""
    missing = {}
    if not (is_usable() or can_import("ensurepip")):
        missing[f"python3.{sys.version_info[1]}-venv"] = "the Python environment"
    if not all(can_load(library) for library in PANGO):
        for package in ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]:
            missing[package] = "PDF files"
    if not has_fonts():
        missing["fontconfig"] = missing["fonts-dejavu-core"] = "PDF files"
    if dev and not any(shutil.which(name) for name in BROWSERS):
        missing["chromium"] = "the browser tests"
    return missing


def install_system_packages(missing: dict[str, str]) -> None:
    if not missing:
        return
    command = "apt-get install --yes --no-install-recommends " + " ".join(missing)
    uses = ", ".join(dict.fromkeys(missing.values()))
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing system packages for {uses}: {', '.join(missing)}")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update"], env=quiet)
        failure = run(command.split(), env=quiet)
        if not failure:
            return
        say(f"apt-get could not install them: {failure}")
    say(f"System packages are missing for {uses}. Ask an administrator to type:\n  {command}")
    if "the Python environment" in missing.values():
        stop("Without the first one no environment can be made.")
    say("The rest goes on without them.")


def can_import(module: str) -> bool:
    try:
        __import__(module)
    except ImportError:
        return False
    return True


def can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_fonts() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list"], stdout=subprocess.PIPE, check=False).stdout.strip())


# --- The environment and its requirements ------------------------------------------------------------------------


def make_environment() -> None:
    if VENV.exists():
        if not UNFINISHED.exists() and is_usable():
            return
        say("The environment in .venv/ was left half made, or its Python is gone: making it again.")
        shutil.rmtree(VENV)
    else:
        say("Making the Python environment in .venv/")
    VENV.mkdir()
    UNFINISHED.touch()
    failure = run([sys.executable, "-m", "venv", str(VENV)])
    if failure:
        stop(f"The environment could not be made: {failure}")


def is_usable() -> bool:
    """Its Python runs, is recent enough, and has pip: not so after a stop half-way or an upgrade of the machine."""
    check = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        return not subprocess.run([str(PYTHON), "-c", check], stderr=subprocess.DEVNULL, check=False).returncode
    except OSError:
        return False


def install_requirements(requirements: Path) -> None:
    """Skipped when the same file was installed before. Every file is checked against its hash."""
    stamp = VENV / f"{requirements.stem}.installed"
    fingerprint = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not UNFINISHED.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return
    say(f"Installing {requirements.name}: about a minute the first time.")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    UNFINISHED.touch()
    failure = run([*pip, "--require-hashes", "-r", str(requirements)])
    if failure:
        stop(f"{requirements.name} could not be installed: {failure}\nType the same command again to go on.")
    stamp.write_text(fingerprint)
    UNFINISHED.unlink()


def make_secret_key() -> None:
    key = VAR / "secret_key"
    if os.environ.get("SECRET_KEY") or key.exists():
        return
    VAR.mkdir(mode=0o700, parents=True, exist_ok=True)  # it will hold personal data
    with open(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))


# --- Words -------------------------------------------------------------------------------------------------------


def run(command: list[str], env: dict[str, str] | None = None) -> str:
    """Run without noise. Empty when all went well, else the last lines that the command wrote."""
    result = subprocess.run(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False
    )
    if not result.returncode:
        return ""
    lines = result.stdout.strip().splitlines()
    reasons = [line for line in lines if not line.startswith(("WARNING:", "W: "))]  # pip's and apt's own
    return "\n".join((reasons or lines)[-5:]) or "no reason given"


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def stop(sentence: str) -> None:
    sys.exit(f"\n{sentence}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("Stopped before the end. Type the same command again to go on.")
    except OSError as problem:
        stop(f"{problem.filename or 'The project'} cannot be used: {problem.strerror}.")
