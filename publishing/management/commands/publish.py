from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innovation_week.publication import publish
from publishing.publish import draft, without_blocked
from sessions.models import Edition


class Command(BaseCommand):
    help = "Publish the present state of an edition, or of some of its sessions, as its next release."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("edition", metavar="EDITION", help="slug of the edition, for example 2018")
        parser.add_argument("--note", required=True, help="what changes, in a few words that the public will read")

        parser.add_argument("--only", nargs="+", metavar="CODE", help="publish these sessions and nothing else")
        parser.add_argument(
            "--leave-blocked", action="store_true", help="leave out the sessions that something stops, and name them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        edition, only = _edition(options["edition"]), options["only"]
        left = _blocked(edition, only) if options["leave_blocked"] else {}
        for code, title in left.items():
            self.stderr.write(_("Left as the public knows it: %(title)s (%(code)s).") % {"title": title, "code": code})
        try:
            release = publish(edition, note=options["note"], only=only, leave_out=left)
        except ValidationError as error:
            raise CommandError(_refusal(edition, error)) from error
        message = _("%(edition)s: release %(number)d is published.")
        self.stdout.write(self.style.SUCCESS(message % {"edition": edition, "number": release.number}))


def _edition(slug: str) -> Edition:
    try:
        return Edition.objects.get(slug=slug)
    except Edition.DoesNotExist as error:
        known = ", ".join(Edition.objects.values_list("slug", flat=True)) or "–"
        message = _("There is no edition “%(slug)s”. Editions: %(known)s.")
        raise CommandError(message % {"slug": slug, "known": known}) from error


def _blocked(edition: Edition, only: list[str] | None) -> dict[str, str]:
    """Titles of the sessions to leave out, by code."""
    _proposed, left = without_blocked(draft(edition, only=only), only=only)
    return dict(edition.sessions.filter(code__in=left).order_by("code").values_list("code", "title"))


def _refusal(edition: Edition, error: ValidationError) -> str:
    problems = list(dict.fromkeys(error.messages))
    heading = ngettext(
        "%(edition)s is not published: %(count)d thing to settle first.",
        "%(edition)s is not published: %(count)d things to settle first.",
        len(problems),
    )
    return "\n".join([heading % {"edition": edition, "count": len(problems)}, *(f"- {line}" for line in problems)])
