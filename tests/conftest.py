"""The cast: one person per role of the staff, a superuser and a stranger, each as a test client.

What cannot run on a machine is skipped and named at the end. Under CI a skip is a failure, but for the folder of
real files (``data_folder``), which is not part of the project. Tests that make sense on one engine only bear
``@pytest.mark.sqlite`` or ``@pytest.mark.postgresql`` and are left to the run on that engine.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from innovation_week.translations import compile_stale
from tests.factories import UserFactory

# A busy machine is not a fault of the rule that is tested.
hypothesis_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("unhurried")

NO_DATA_FOLDER = "no folder of real files"


def pytest_sessionstart() -> None:
    compile_stale()
    # The live server warns when nothing was ever collected, and a warning is an error: a fresh clone has no folder.
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    other = "postgresql" if "sqlite" in django_settings.DATABASES["default"]["ENGINE"] else "sqlite"
    elsewhere = [item for item in items if item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=elsewhere)
    # Those that empty the database come last, as pytest-django has it: the roles that migrations made are gone then.
    # It is said again here because pytest groups the tests of one browser where it meets the first of them.
    items[:] = sorted((item for item in items if item not in elsewhere), key=_empties_the_database)


def _empties_the_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))


def _skipped(config: pytest.Config) -> list[tuple[str, str]]:
    """The tests that were skipped, with why."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    reports = reporter.stats.get("skipped", [])
    return [(report.nodeid, report.longrepr[2].removeprefix("Skipped: ")) for report in reports]


def pytest_sessionfinish(session: pytest.Session) -> None:
    missing = [reason for _test, reason in _skipped(session.config) if not reason.startswith(NO_DATA_FOLDER)]
    if os.environ.get("CI") and missing and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if skipped := _skipped(config):
        terminalreporter.section("NOT RUN HERE", red=True)
        for test, reason in skipped:
            terminalreporter.line(f"{test}: {reason}")
        if os.environ.get("CI"):
            terminalreporter.line("Under CI everything runs: a test that is skipped is a failure.", red=True)


@pytest.fixture
def data_folder() -> Path:
    """Files as they are really published by others; TEST_DATA names the folder when it is not beside the project."""
    folder = Path(os.environ.get("TEST_DATA") or django_settings.BASE_DIR.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"{NO_DATA_FOLDER}: set TEST_DATA")
    return folder


@pytest.fixture(autouse=True)
def plain_settings(settings, tmp_path: Path) -> None:
    """Fast passwords, static files as they are, and every file written into a folder of the test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.SECOND_FACTOR = "optional"  # tests/admin/test_second_factor.py asks for it
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DELIVERABLES_ROOT = tmp_path / "deliverables"
    settings.RELEASE_FILES_ROOT = tmp_path / "releases"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    """A test that changes the language does not change it for the next one."""
    with translation.override("fr"):
        yield


@pytest.fixture
def staff(db) -> Callable[[str], User]:
    """Make a staff user of the group: ``staff("Éditorial")``."""

    def make(group: str) -> User:
        user = UserFactory()
        user.groups.add(Group.objects.get_or_create(name=group)[0])
        return user

    return make


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="innovation_week.accounts.AccountBackend")
    return client


@pytest.fixture
def superuser(db) -> User:
    return UserFactory(username="superuser", is_superuser=True)


@pytest.fixture
def superuser_client(superuser) -> Client:
    return client_of(superuser)


@pytest.fixture
def project_lead(staff) -> Client:
    return client_of(staff("Chef de projet"))


@pytest.fixture
def editor(staff) -> Client:
    return client_of(staff("Éditorial"))


@pytest.fixture
def recruiter(staff) -> Client:
    return client_of(staff("Intervenants"))


@pytest.fixture
def logistician(staff) -> Client:
    return client_of(staff("Logistique"))


@pytest.fixture
def receptionist(staff) -> Client:
    return client_of(staff("Accueil"))


@pytest.fixture
def reader(staff) -> Client:
    return client_of(staff("Lecture"))


@pytest.fixture
def stranger() -> Client:
    """Somebody without an account: the public."""
    return Client()
