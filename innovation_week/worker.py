"""What happens without anybody asking: mails leave, holds expire, files of a new release are made.

Each step is safe to run at any time, by any number of workers, and to be killed in the middle of.
"""

import dataclasses as dc
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import Error, close_old_connections, connection

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 300.0


@dc.dataclass
class Step:
    """A function called every ``every`` seconds; after a failure, after a pause that doubles each time."""

    run: Callable[[], Any]
    every: float
    due: float = 0.0  # on the monotonic clock
    failures: int = 0

    @property
    def name(self) -> str:
        return self.run.__name__

    def attempt(self) -> bool:
        """Run once. Nothing that it raises ends the worker: the other steps do not depend on it."""
        try:
            close_old_connections()
            self.run()
        except Exception as error:
            self.failures += 1
            pause = min(self.every * 2**self.failures, LONGEST_PAUSE)
            self._log(error, pause)
            if isinstance(error, Error):
                connection.close()
        else:
            self.failures, pause = 0, self.every
        self.due = time.monotonic() + pause
        return not self.failures

    def _log(self, error: Exception, pause: float) -> None:
        """One line. A fault of ours also shows its traceback, the first time; a database away is no fault of ours."""
        first_line = str(error).partition("\n")[0]
        logger.error(
            "%s failed, next attempt in %d s: %s: %s",
            self.name,
            pause,
            type(error).__name__,
            first_line,
            exc_info=not isinstance(error, (Error, OSError)) and self.failures == 1,
        )


def work(steps: Iterable[Step], stop: threading.Event) -> None:
    """Run each step when it is due, until ``stop`` is set; the step in hand is finished first."""
    steps = list(steps)
    while not stop.is_set():
        for step in steps:
            if step.due <= time.monotonic() and not stop.is_set():
                step.attempt()
        stop.wait(max(0.0, min(step.due for step in steps) - time.monotonic()))
