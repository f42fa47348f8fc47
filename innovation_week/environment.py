"""Read the environment once, and refuse a wrong value by its name.

django-environ parses addresses (databases, mail servers); switches and choices are checked here because it
reads an unknown word as False, and a misspelt ``DEBUG=flase`` must not be guessed.
"""

import os
import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from innovation_week.sqlite_file import ExistingFile

SQLITE = "django.db.backends.sqlite3"
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


_IMAP_PORTS = {"imaps": 993, "imap+tls": 143, "imap": 143}


class MailboxAddress(NamedTuple):
    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str


class WrongValue(ImproperlyConfigured):
    """Of a variable of the environment; manage.py prints it without a traceback."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def switch(name: str, *, default: bool) -> bool:
    word = text(name).lower()
    if not word:
        return default
    if word not in _WORDS:
        raise WrongValue(f"{name}={word!r} is neither yes nor no: write 1 or 0.")
    return _WORDS[word]


def choice(name: str, choices: list[str], *, default: str) -> str:
    value = text(name, default)
    if value not in choices:
        raise WrongValue(f"{name}={value!r} is unknown: choose one of {', '.join(choices)}.")
    return value


def whole_number(name: str, *, default: int, highest: int | None = None) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal()):
        raise WrongValue(f"{name}={value!r} is not a whole number.")
    if highest is not None and int(value) > highest:
        raise WrongValue(f"{name}={value!r} is too much: {highest} at most.")
    return int(value)


def words(name: str, default: list[str]) -> list[str]:
    """Comma-separated words; blanks around them do not count."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or default


def site_url(name: str, default: str) -> str:
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        is_complete = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_complete = False
    if not is_complete or parts.path or parts.query or parts.fragment:
        raise WrongValue(
            f"{name}={value!r} is not the address of a site: write for example https://semaine.example.org."
        )
    return value


def database(name: str, *, sqlite: Path) -> dict[str, Any]:
    """The database at the address in ``name``, or the SQLite file at ``sqlite``.

    SQLite runs in WAL mode and takes its write lock when a transaction begins (IMMEDIATE): a transaction that
    reads and then writes would otherwise fail at once when another one wrote in between.
    """
    config = _database_at(name) or {"ENGINE": SQLITE, "NAME": str(sqlite)}
    if config["ENGINE"] == SQLITE:
        config["OPTIONS"] = {
            "factory": ExistingFile,
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        # A file, not memory: tests with threads lock each other out of a shared in-memory database.
        config["TEST"] = {"NAME": sqlite.parent / "test.sqlite3"}
    else:
        config["HOST"] = unquote(config["HOST"])  # the folder of a socket: postgres://user@%2Frun%2Fpostgresql/name
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


def _database_at(name: str) -> dict[str, Any]:
    """Empty when the variable is not set. Without the address in its messages: it holds a password."""
    address = text(name)
    if address and not address.startswith(("postgres://", "postgresql://", "sqlite:///")):
        raise WrongValue(f"{name} must begin with postgres:// or sqlite:///.")
    try:
        return dict(environ.Env.db_url_config(address)) if address else {}
    except Exception as error:
        raise WrongValue(f"{name} is not a database address such as postgres://user@host/name.") from error


def secret_key(name: str, *, file: Path) -> str:
    """The key in the environment, else the one ``make run`` wrote into ``file``."""
    if value := text(name):
        return value
    if file.exists():
        return file.read_text().strip()
    raise WrongValue(f"{name} is not set, and {file} does not exist: set it, or type make run to make one.")


def mail_server(name: str) -> dict[str, Any]:
    """Django's mail settings for the address in ``name``; without one, mail goes to files and is never lost."""
    address = text(name)
    if not address:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}
    try:
        return dict(environ.Env.email_url_config(address))
    except Exception as error:
        raise WrongValue(f"{name} is not a mail address such as smtp+tls://user:pass@host:587.") from error


def mailbox(name: str) -> MailboxAddress | None:
    """Without the address in its messages: it holds a password."""
    address = text(name)
    if not address:
        return None
    problem = WrongValue(f"{name} is not a mailbox address such as imaps://user:password@host/INBOX.")
    try:
        parts = urlsplit(address)
        port = parts.port or _IMAP_PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise problem from error
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    if not (parts.hostname and parts.username and parts.password) or not re.fullmatch(r"[ !#-\[\]-~]+", folder):
        raise problem
    return MailboxAddress(parts.scheme, parts.hostname, port, unquote(parts.username), unquote(parts.password), folder)


def envelope_address(name: str) -> str:
    """An address, or "" for none; a star before the @ stands where the name of each mail goes."""
    value = text(name)
    if (value and not re.fullmatch(r"[A-Za-z0-9._+=*-]{1,30}@[A-Za-z0-9.-]+", value)) or value.count("*") > 1:
        raise WrongValue(f"{name}={value!r} is not an address such as retours@example.org or retours+*@example.org.")
    return value
