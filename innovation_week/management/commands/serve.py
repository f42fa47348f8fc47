import http.client
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from innovation_week.child_process import end, start_tied
from innovation_week.port import problem

STOPPING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
PATIENCE = 15  # seconds that a process has to end by itself
GUNICORN = ["-m", "gunicorn", "--config", "python:innovation_week.gunicorn_settings"]

Process = subprocess.Popen[bytes]


class Stopped(Exception):
    pass


class Command(BaseCommand):
    help = "Run the site and its worker side by side: both end together, on Ctrl-C or when one of them dies."
    requires_system_checks: list[str] = []  # what --prepare mends would fail them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prepare", action="store_true", help="Bring database and files up to date first.")

    def handle(self, *args: Any, prepare: bool, **options: Any) -> None:
        if sentence := problem(settings.PORT):
            raise CommandError(sentence)
        for number in STOPPING:
            signal.signal(number, _stop)
        processes: dict[str, Process] = {}
        try:
            if prepare:
                call_command("prepare")
            processes["site"] = _start([*GUNICORN, "--bind", f"127.0.0.1:{settings.PORT}", "innovation_week.wsgi"])
            processes["worker"] = _start([str(settings.BASE_DIR / "manage.py"), "work"])
            self.wait_until_ready(processes)
            self.announce()
            self.watch(processes)
        except Stopped:
            self.stdout.write("Stopping the site and the worker.")
        finally:
            for number in STOPPING:
                signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave one of them behind
            for process in processes.values():
                end(process, patience=PATIENCE)

    def wait_until_ready(self, processes: dict[str, Process]) -> None:
        while not _answers(settings.PORT):
            self.check_alive(processes)
            time.sleep(0.1)

    def announce(self) -> None:
        self.stdout.write(f"\n  Site            {settings.SITE_URL}/\n  Administration  {settings.SITE_URL}/admin/")
        password = settings.VAR_DIR / "demo_password"
        if settings.DEMO and password.exists():
            self.stdout.write(f"  Staff login     demo / {password.read_text().strip()}")
        self.stdout.write("\n  Ctrl-C ends the site and the worker.\n")

    def watch(self, processes: dict[str, Process]) -> None:
        while True:
            self.check_alive(processes)
            time.sleep(0.2)

    def check_alive(self, processes: dict[str, Process]) -> None:
        for name, process in processes.items():
            if process.poll() is not None:
                raise CommandError(f"The {name} ended by itself ({_how(process.returncode)}): everything is stopped.")


def _start(arguments: list[str]) -> Process:
    return start_tied([sys.executable, *arguments], cwd=settings.BASE_DIR)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _answers(port: int) -> bool:
    """Whether a worker of the site answers, were it to say that the database is away."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
