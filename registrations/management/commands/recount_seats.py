from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registrations.seats import recount


class Command(BaseCommand):
    help = "Compare the counts of every session with its registrations. Exits with 1 when counts were wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="Put the counts right.")

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        drifts = recount(fix=fix)
        for drift in drifts:
            session = drift.session
            self.stdout.write(f"{session.code} {session}: {drift.column} is {drift.kept}, counted {drift.counted}")
        if not drifts:
            self.stdout.write("Every count is right.")
        elif not fix:
            self.stderr.write("Run again with --fix to put the counts right.")
            raise SystemExit(1)
