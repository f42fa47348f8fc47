from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation_week.demo.load import load_demonstration


class Command(BaseCommand):
    help = "Load and publish the demonstration editions (2018 and demo). An edition that exists is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        created = load_demonstration(today=timezone.localdate())
        for edition in created:
            message = _("%(edition)s: loaded and published, from %(first)s to %(last)s.")
            dates = {"first": edition.starts_on.isoformat(), "last": edition.ends_on.isoformat()}
            self.stdout.write(message % {"edition": edition, **dates})
        if not created and options["verbosity"] > 1:
            self.stdout.write(_("The demonstration is already there: nothing was changed."))
