import math
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from exports.booklet import LANGUAGES, render, write_whole
from exports.layout import TypesettingError
from publishing.models import Release
from sessions.models import Edition


class Command(BaseCommand):
    help = "Write the A4 booklet of an edition's last release as a PDF file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("edition", metavar="EDITION", help="Address of the edition, for example 2018.")
        parser.add_argument("-o", "--output", metavar="FILE", required=True, type=Path, help="The file to write.")
        parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help="Default: %(default)s.")

    def handle(self, *args: Any, **options: Any) -> None:
        output, language = options["output"], options["language"]
        with translation.override(language):
            release = self._last_release(options["edition"])
            self._check_writable(output)
            try:
                content = render(release, language, progress=self._tell)
            except TypesettingError as error:
                raise CommandError(str(error)) from error
            try:
                write_whole(output, content)
            except OSError as error:
                raise CommandError(self._unwritable(output, error)) from error
            message = _("%(release)s is in %(file)s (%(size)d kB).")
            values = {"release": release, "file": output, "size": math.ceil(len(content) / 1000)}
            self.stdout.write(self.style.SUCCESS(message % values))

    def _last_release(self, slug: str) -> Release:
        edition = Edition.objects.filter(slug=slug).first()
        if edition is None:
            known = ", ".join(Edition.objects.values_list("slug", flat=True)) or _("none")
            message = _("There is no edition at the address “%(slug)s”. Those that exist: %(known)s.")
            raise CommandError(message % {"slug": slug, "known": known})
        release = edition.releases.newest_first().select_related("edition").first()
        if release is None:
            message = _("“%(edition)s” has no release yet: publish it first (manage.py publish %(slug)s).")
            raise CommandError(message % {"edition": edition, "slug": slug})
        return release

    def _check_writable(self, output: Path) -> None:
        """Before the work, not after twenty seconds of it."""
        if output.is_dir():
            raise CommandError(_("%(file)s is a folder: name a file in it.") % {"file": output})
        if not output.parent.is_dir():
            raise CommandError(_("There is no folder %(folder)s: make it first.") % {"folder": output.parent})
        try:
            write_whole(output.parent / f".{output.name}.try", b"")
        except OSError as error:
            raise CommandError(self._unwritable(output, error)) from error
        (output.parent / f".{output.name}.try").unlink(missing_ok=True)

    def _unwritable(self, output: Path, error: OSError) -> str:
        reason = error.strerror or str(error)
        return _("%(file)s cannot be written: %(reason)s.") % {"file": output, "reason": reason}

    def _tell(self, message: str) -> None:
        self.stderr.write(message)
