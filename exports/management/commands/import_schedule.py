from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from exports.schedule_import.apply import apply_schedule
from exports.schedule_import.parse import parse_schedule
from exports.schedule_import.xml import MAX_BYTES
from venues.models import validate_time_zone

SHOWN = 20


class Command(BaseCommand):
    help = "Import a published programme (frab/Pentabarf schedule.xml) into an edition; run again, it only updates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the schedule.xml")
        parser.add_argument("--edition", required=True, metavar="SLUG", help="created when there is none")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen and write nothing")
        parser.add_argument("--time-zone", default=settings.TIME_ZONE, help="when the file names none (%(default)s)")
        parser.add_argument("--language", default="", help="of texts without one (default: as their words tell)")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            validate_time_zone(options["time_zone"])
            schedule = parse_schedule(_read(file), time_zone=options["time_zone"], language=options["language"])
            report = apply_schedule(schedule, edition_slug=options["edition"], dry_run=options["dry_run"])
        except ValidationError as error:
            raise CommandError(_refusal(file, error.messages)) from error
        self.stdout.write(f"{file.name} → {options['edition']} ({schedule.title})")
        for line in report.lines():
            self.stdout.write(line)
        self.stdout.write("")
        if options["dry_run"]:
            self.stdout.write(_("This was a rehearsal: nothing was written."))
        elif report.is_empty:
            self.stdout.write(self.style.SUCCESS(_("Nothing to do: the edition already says what the file says.")))
        else:
            message = _("Imported. The public sees it once it is published: manage.py publish %(edition)s --note …")
            self.stdout.write(self.style.SUCCESS(message % {"edition": options["edition"]}))


def _read(file: Path) -> bytes:
    """One byte more than allowed at most: a file of gigabytes is refused without being read."""
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(error) from error


def unreadable(error: OSError) -> ValidationError:
    """Why, in the language of the command: the system says it in its own."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        message = _("There is no such file: check its name and its folder.")
    elif isinstance(error, IsADirectoryError):
        message = _("This is a folder: name the schedule.xml that is in it.")
    elif isinstance(error, PermissionError):
        message = _("You have no right to read it: ask who put it there.")
    else:
        message = _("The machine cannot read it (error %(number)s): copy it to another place.")
    return ValidationError(message, code="file", params={"number": error.errno})


def _refusal(file: Path, problems: list[str]) -> str:
    lines = [_("%(file)s cannot be imported. Nothing was written.") % {"file": file}]
    lines += [f"- {problem}" for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(_("… and %(count)d more") % {"count": len(problems) - SHOWN})
    return "\n".join(lines)
