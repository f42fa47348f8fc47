from typing import Any

from django.core.management.base import BaseCommand

from registrations.holds import expire_holds, remind


class Command(BaseCommand):
    help = "Give back the seats that were not confirmed in time, and remind those whose time is nearly over."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"expired: {expire_holds()}, reminded: {remind()}")
