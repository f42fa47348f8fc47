import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import RequestFactory

from innovation_week.management.commands.prepare import Command


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def may_log_in(password: str) -> bool:
    return authenticate(RequestFactory().post("/admin/login/"), username="demo", password=password) is not None


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_left_alone():
    MigrationRecorder(connection).record_applied("programme", "9999_from_the_future")

    with pytest.raises(CommandError) as caught:
        call_command("prepare")

    assert str(caught.value) == (
        f"{the_database()} vient d’une version plus récente du logiciel (elle contient "
        "programme.9999_from_the_future). Mettez le logiciel à jour, ou restaurez la sauvegarde faite avant la mise à "
        "jour. Rien n’a été modifié."
    )


def the_database() -> str:
    values = connection.settings_dict
    place = f" sur {values['HOST'] or 'cette machine'}" if connection.vendor == "postgresql" else ""
    return f"La base {values['NAME']}{place}"


@pytest.mark.django_db
def test_what_an_application_no_longer_there_left_behind_does_no_harm():
    MigrationRecorder(connection).record_applied("an_app_of_the_past", "0001_initial")

    Command().migrate()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "sqlite:///{folder}/text.sqlite3",
            "La base {folder}/text.sqlite3 ne peut pas être mise à jour\u00a0: file is",
        ),
        (
            "sqlite:///{folder}/none/week.sqlite3",
            "La base {folder}/none/week.sqlite3 ne peut pas être ouverte\u00a0: unable to",
        ),
        (
            "postgres://me@127.0.0.1:1/week",
            "La base week sur 127.0.0.1 ne peut pas être ouverte\u00a0: connection to server",
        ),
    ],
)
def test_a_database_that_cannot_serve_gets_a_sentence(tmp_path, address, sentence):
    (tmp_path / "text.sqlite3").write_text("This is a text, and no database at all. " * 10)
    here = {"SECRET_KEY": "x" * 50, "VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": address.format(folder=tmp_path)}

    result = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "prepare"],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, **here},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert result.stderr.startswith("CommandError: " + sentence.format(folder=tmp_path))
    assert result.stderr.count("\n") == 1


def test_any_command_says_in_a_sentence_that_the_database_is_gone(tmp_path):
    here = {"SECRET_KEY": "x" * 50, "VAR_DIR": str(tmp_path), "DATABASE_URL": "postgres://me@127.0.0.1:1/week"}

    result = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "publish", "demo", "--note", "Essai"],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, **here},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr.startswith("La base de données est inutilisable\u00a0: connection to server")
    assert "Traceback" not in result.stderr


@pytest.mark.django_db
def test_the_login_of_the_demonstration_is_made_once(var):
    Command().make_login()
    password = (var / "demo_password").read_text().strip()
    Command().make_login()

    assert (var / "demo_password").read_text().strip() == password
    assert (var / "demo_password").stat().st_mode & 0o777 == 0o600
    assert User.objects.filter(is_staff=True, is_superuser=True).count() == 1
    assert may_log_in(password)


@pytest.mark.django_db
def test_a_password_given_by_the_environment_replaces_the_one_made(settings, var):
    Command().make_login()
    made = (var / "demo_password").read_text().strip()
    settings.DEMO_PASSWORD = "given by the environment"
    Command().make_login()

    assert may_log_in("given by the environment")
    assert not may_log_in(made)


@pytest.mark.django_db
def test_a_password_changed_in_the_administration_stays(var):
    Command().make_login()
    user = User.objects.get(username="demo")
    user.set_password("my own from now on")
    user.save()
    Command().make_login()

    assert may_log_in("my own from now on")
