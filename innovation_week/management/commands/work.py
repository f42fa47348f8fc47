import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from innovation_week.worker import Step, work
from outbox.sending import send_due


def send_messages() -> None:
    send_due(limit=50)  # so that a long queue lets the other steps, and a stop, come through


class Command(BaseCommand):
    help = "Do what nobody asks for: send messages, expire holds, make the files of releases. Runs until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Run each step once; fail if one fails.")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        steps = [
            Step(send_messages, every=2),
        ]
        if once:
            failed = [step.name for step in steps if not step.attempt()]
            if failed:
                raise CommandError(f"Failed: {', '.join(failed)}.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        work(steps, stop)
