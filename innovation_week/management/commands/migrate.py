from typing import Any

from django.core.management.commands import migrate

from innovation_week.sqlite_file import make_file


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        make_file(options["database"])  # before the checks, which ask the database what it can do
        return super().execute(*args, **options)
