import os
import subprocess
import sys

import pytest
from django.conf import settings

from innovation_week import environment
from innovation_week.environment import WrongValue

REFUSED = {
    "DEBUG=flase": "DEBUG='flase' is neither yes nor no: write 1 or 0.",
    "DEMO=maybe": "DEMO='maybe' is neither yes nor no: write 1 or 0.",
    "BEHIND_PROXY=x": "BEHIND_PROXY='x' is neither yes nor no: write 1 or 0.",
    "PORT=http": "PORT='http' is not a whole number.",
    "PORT=99999": "PORT='99999' is too much: 65535 at most.",
    "HOLD_HOURS=-1": "HOLD_HOURS='-1' is not a whole number.",
    "THEME=blue": "THEME='blue' is unknown: choose one of neutral, state.",
    "SITE_URL=example.org": "SITE_URL='example.org' is not the address of a site: "
    "write for example https://semaine.example.org.",
    "SITE_URL=https://example.org/week": "SITE_URL='https://example.org/week' is not the address of a site: "
    "write for example https://semaine.example.org.",
    "DATABASE_URL=mysql://me@host/name": "DATABASE_URL must begin with postgres:// or sqlite:///.",
    "DATABASE_URL=postgres://me@host:door/name": "DATABASE_URL is not a database address such as "
    "postgres://user@host/name.",
    "EMAIL_URL=pigeon://roof": "EMAIL_URL is not a mail address such as smtp+tls://user:pass@host:587.",
    "IMAP_URL=pop3://me:secret@host": "IMAP_URL is not a mailbox address such as imaps://user:password@host/INBOX.",
    "BOUNCE_ADDRESS=retours": "BOUNCE_ADDRESS='retours' is not an address such as retours@example.org or "
    "retours+*@example.org.",
    "SECRET_KEY=": "SECRET_KEY is not set, and {var}/secret_key does not exist: set it, or type make run to make one.",
}


@pytest.mark.parametrize("setting", REFUSED)
def test_a_wrong_value_is_refused_by_name_without_a_traceback(setting, tmp_path):
    name, _equals, value = setting.partition("=")
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "SECRET_KEY": "x" * 50, "VAR_DIR": str(tmp_path), name: value},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stdout, result.stderr.strip()) == (1, "", REFUSED[setting].format(var=tmp_path))


def test_a_refused_database_address_does_not_show_its_password(monkeypatch, tmp_path):
    monkeypatch.setenv("ADDRESS", "postgres://me:secret@host:door/name")

    with pytest.raises(WrongValue) as caught:
        environment.database("ADDRESS", sqlite=tmp_path)

    assert "secret" not in str(caught.value)


def test_without_an_address_the_database_is_a_file_whatever_the_name_of_its_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("ADDRESS", raising=False)
    file = tmp_path / "clone #1 100%" / "week.sqlite3"

    config = environment.database("ADDRESS", sqlite=file)

    assert config["NAME"] == str(file)
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("imaps://retours:a%40b@mail.example.org", ("imaps", "mail.example.org", 993, "retours", "a@b", "INBOX")),
        (
            "imap+tls://retours%40example.org:x@mail.example.org:1143/Retours%20du%20site",
            ("imap+tls", "mail.example.org", 1143, "retours@example.org", "x", "Retours du site"),
        ),
        ("", None),
    ],
)
def test_a_mailbox_is_an_address_with_a_folder(monkeypatch, address, found):
    monkeypatch.setenv("MAILBOX", address)

    assert environment.mailbox("MAILBOX") == found


@pytest.mark.parametrize(
    "address",
    [
        "imaps://mail.example.org",
        "imaps://me:secret@host:door",
        'imaps://me:secret@host/a"b',
        "imaps://me:secret@host/é",
    ],
)
def test_a_refused_mailbox_does_not_show_its_password(monkeypatch, address):
    monkeypatch.setenv("MAILBOX", address)

    with pytest.raises(WrongValue) as caught:
        environment.mailbox("MAILBOX")

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("word", "meaning"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False), ("", True), (" 0 ", False)]
)
def test_switches_are_read_from_plain_words(monkeypatch, word, meaning):
    monkeypatch.setenv("SWITCH", word)

    assert environment.switch("SWITCH", default=True) is meaning
