from typing import Any

from django.core.management.base import BaseCommand

from innovation_week.purge import purge


class Command(BaseCommand):
    help = "Erase the personal data whose time is over, and say how much of each kind. The worker does it once a day."

    def handle(self, *args: Any, **options: Any) -> None:
        for what, count in purge().items():
            self.stdout.write(f"{what}: {count}")
