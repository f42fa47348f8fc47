from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from innovation_week.back_office.second_factor import forget


class Command(BaseCommand):
    help = "Let an account link a telephone again at its next log-in: for a superuser, whom nobody else can help."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"No account is named {username!r}.")
        self.stdout.write("Reset." if forget(user) else "There was none.")
