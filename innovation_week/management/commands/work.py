import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exports.booklet import make_missing
from innovation_week.purge import purge
from innovation_week.worker import Step, work
from outbox.mailbox import read_bounces
from outbox.sending import send_due
from registrations.answered import forget_answered
from registrations.holds import expire_holds, remind
from registrations.reminders import write_reminders
from registrations.unclaimed import forget_unclaimed
from registrations.waiting_list import close_lists, serve_after_set_aside


def send_messages() -> None:
    send_due(limit=50)  # so that a long queue lets the other steps, and a stop, come through


QUICK: list[tuple[Callable[[], Any], float]] = [
    (send_messages, 2),
    (expire_holds, 15),
    (serve_after_set_aside, 30),
    (close_lists, 60),
    (remind, 60),
    (write_reminders, 5 * 60),
    (forget_unclaimed, 10 * 60),
    (forget_answered, 10 * 60),
]
# Minutes for a large programme, for a mailbox that does not answer, for many rows: mails do not wait for it.
SLOW: list[tuple[Callable[[], Any], float]] = [(make_missing, 5), (read_bounces, 5 * 60), (purge, 24 * 60 * 60)]


class Command(BaseCommand):
    help = "Do what nobody asks for: send messages, read reports, expire holds, erase old data. Runs until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Run each step once; fail if one fails.")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        quick, slow = ([Step(run, every) for run, every in steps] for steps in (QUICK, SLOW))
        if once:
            failed = [step.name for step in [*quick, *slow] if not step.attempt()]
            if failed:
                raise CommandError(f"Failed: {', '.join(failed)}.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        # A daemon: a stop does not wait for a booklet, which is written whole or not at all.
        threading.Thread(target=work, args=(slow, stop), daemon=True).start()
        work(quick, stop)
