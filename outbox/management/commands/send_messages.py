import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from outbox.sending import send_due

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Send the messages that are due, once or in a loop. Several senders may run at the same time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, help="Send at most this number, then stop.")
        parser.add_argument("--loop", action="store_true", help="Go on until stopped (SIGTERM or Ctrl-C).")
        parser.add_argument("--pause", type=float, default=2, help="Seconds between two rounds of the loop.")

    def handle(self, *args: Any, limit: int | None, loop: bool, pause: float, **options: Any) -> None:
        if not loop:
            self.send(limit)
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            try:
                close_old_connections()
                self.send(limit)
            except (OperationalError, InterfaceError) as error:
                logger.error("The database does not answer: %s", error)
                connection.close()
            stop.wait(pause)

    def send(self, limit: int | None) -> None:
        outcomes = send_due(limit=limit)
        if outcomes:
            self.stdout.write(", ".join(f"{state}: {count}" for state, count in sorted(outcomes.items())))
