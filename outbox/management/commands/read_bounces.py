from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from outbox.mailbox import MailboxAway, read_bounces


class Command(BaseCommand):
    help = "Read the delivery reports in the mailbox of IMAP_URL, and mark the messages that did not arrive."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IMAP is None:
            raise CommandError("IMAP_URL is not set: there is no mailbox to read.")
        try:
            outcomes = read_bounces()
        except MailboxAway as error:
            raise CommandError(f"The mailbox cannot be read: {error}") from error
        counted = ", ".join(f"{outcome}: {count}" for outcome, count in sorted(outcomes.items()))
        self.stdout.write(counted or "Nothing new.")
