"""The cast: one person per role of the staff, a superuser and a stranger, each as a test client."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import translation

from innovation_week.translations import compile_stale
from tests.factories import UserFactory


def pytest_sessionstart() -> None:
    compile_stale()


@pytest.fixture(autouse=True)
def plain_settings(settings, tmp_path: Path) -> None:
    """Fast passwords, static files as they are, and every file written into a folder of the test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    settings.MEDIA_ROOT = tmp_path / "media"
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
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
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
