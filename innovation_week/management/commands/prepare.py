import hashlib
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, NotSupportedError, OperationalError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext

from innovation_week.demo import LOGIN
from innovation_week.sqlite_file import make_file
from innovation_week.translations import compile_stale


class Command(BaseCommand):
    help = "Bring database, translations and static files up to date. With DEMO=1, load the demonstration too."
    requires_system_checks: list[str] = []  # a stale or missing file is what it mends

    def handle(self, *args: Any, **options: Any) -> None:
        settings.VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # personal data
        self.translate()
        self.migrate()
        self.collect_static()
        if settings.DEMO:
            self.load_demo()
            self.make_login()

    def translate(self) -> None:
        if compile_stale():
            self.stdout.write("Translations compiled.")

    def migrate(self) -> None:
        make_file()
        try:
            self.apply_migrations()
        except NotSupportedError as error:
            message = gettext("%(database)s cannot be used: its server is too old. %(error)s")
            raise CommandError(_told(message, error)) from error
        except OperationalError as error:
            message = gettext(
                "%(database)s cannot be opened: %(error)s. Check DATABASE_URL, the server and the rights."
            )
            raise CommandError(_told(message, error)) from error
        except (InconsistentMigrationHistory, Error) as error:
            message = gettext(
                "%(database)s cannot be brought up to date: %(error)s. It is not of this software, or it "
                "is damaged: restore a backup, or move it away to begin with an empty one."
            )
            raise CommandError(_told(message, error)) from error

    def apply_migrations(self) -> None:
        """Refuse a database that a newer version of the software has changed: this one would damage it."""
        executor = MigrationExecutor(connection)
        loader = executor.loader
        known = loader.disk_migrations.keys() | loader.replacements.keys()
        unknown = [key for key in sorted(loader.applied_migrations.keys() - known) if key[0] in loader.migrated_apps]
        if unknown:
            message = gettext(
                "%(database)s was made by a newer version of the software (it has %(migrations)s). "
                "Upgrade the software, or restore the backup made before the upgrade. Nothing was changed."
            )
            raise CommandError(message % {"database": _database(), "migrations": _names(unknown)})
        plan = executor.migration_plan(loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"Bringing the database up to date ({len(plan)} migrations).")
            call_command("migrate", interactive=False, verbosity=0)

    def collect_static(self) -> None:
        stamp = Path(settings.STATIC_ROOT) / "collected"
        fingerprint = _static_fingerprint()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        self.stdout.write("Collecting the static files.")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(fingerprint)

    def load_demo(self) -> None:
        if "load_demo" in get_commands():
            call_command("load_demo")

    def make_login(self) -> None:
        """The password is made once, or given by DEMO_PASSWORD; a person who changed it keeps theirs."""
        file = settings.VAR_DIR / "demo_password"
        user = User.objects.filter(username=LOGIN).first()
        wanted = settings.DEMO_PASSWORD or (file.read_text().strip() if file.exists() else secrets.token_urlsafe(9))
        if user and file.exists() and file.read_text().strip() == wanted:
            return
        user = user or User(username=LOGIN, first_name="Camille", last_name="Démonstration")
        user.is_staff = user.is_superuser = True
        user.set_password(wanted)
        user.save()
        file.touch(mode=0o600)
        file.write_text(wanted + "\n")


def _database() -> str:
    values = connection.settings_dict
    if connection.vendor != "postgresql":
        return gettext("The database %(name)s") % {"name": values["NAME"]}
    place = values["HOST"] or gettext("this machine")
    return gettext("The database %(name)s on %(place)s") % {"name": values["NAME"], "place": place}


def _names(migrations: list[tuple[str, str]]) -> str:
    return ", ".join(f"{app}.{name}" for app, name in migrations)


def _told(message: str, error: Exception) -> str:
    return message % {"database": _database(), "error": _first_line(error)}


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].strip().rstrip(".")


def _static_fingerprint() -> str:
    """Of the packages' files through the pinned requirements, of our own through size and time."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for folder in settings.STATICFILES_DIRS:
        for file in sorted(Path(folder).rglob("*")):
            status = file.stat()
            digest.update(f"{file}:{status.st_size}:{status.st_mtime_ns};".encode())
    return digest.hexdigest()
