"""Every duration is applied by one command, which may be killed."""

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from innovation_week import purge
from outbox.models import Attachment, Lane, Message
from registrations.mails import about
from registrations.models import Registration
from tests.factories import (
    AccessNeedFactory,
    AttachmentFactory,
    EditionFactory,
    MessageFactory,
    PersonalExportFactory,
    PrivacyNoticeFactory,
    RegistrationFactory,
    SessionFactory,
    UnclaimedFactory,
    UserFactory,
)
from tests.outbox.conftest import address_of_the_test_database


def ago(**delta: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**delta)


def sent(days: float, **values) -> Message:
    return MessageFactory(
        **{"state": "sent", "created_at": ago(days=days + 1), "sent_at": ago(days=days), "html": "<p>", "links": ["~"]}
        | values
    )


@pytest.fixture
def over(db):
    """Of each kind, one whose time is over."""
    edition = EditionFactory(starts_on=ago(days=45).date(), ends_on=ago(days=40).date())
    PrivacyNoticeFactory(edition=edition, retention_days=30)
    RegistrationFactory(session__edition=edition)
    sent(91, about=about(RegistrationFactory(session=SessionFactory())))
    AccessNeedFactory(registration=RegistrationFactory(session=SessionFactory(), state="cancelled"))
    UnclaimedFactory(said_at=ago(hours=2))
    MessageFactory(kind="registration_links", created_at=ago(days=31), state="sent", text="")
    MessageFactory(created_at=ago(days=366), state="dropped", text="")
    PersonalExportFactory(at=ago(days=366))
    Lane.objects.create(domain="ministere.example", free_at=ago(days=2))
    entry = LogEntry.objects.create(user=UserFactory(), object_repr="Camille", action_flag=CHANGE)
    LogEntry.objects.filter(pk=entry.pk).update(action_time=ago(days=366))


def test_the_command_says_how_much_of_each_kind_it_erased(over):
    first, second = StringIO(), StringIO()

    call_command("purge", stdout=first)
    call_command("purge", stdout=second)

    assert first.getvalue().splitlines() == [
        "registrants: 1",
        "accessibility needs: 1",
        "needs and answers to be claimed: 1",
        "texts of messages: 1",
        "requests for links: 1",
        "messages about no registration: 1",
        "log-ins: 0",
        "browser sessions: 0",
        "exports of people: 1",
        "actions of the staff: 1",
        "paces of domains: 1",
    ]
    assert {line.partition(": ")[2] for line in second.getvalue().splitlines()} == {"0"}


def test_what_was_erased_is_logged_and_nothing_when_there_was_nothing(over, caplog):
    purge.purge()
    purge.purge()

    assert [record.getMessage() for record in caplog.records if record.name == "innovation_week.purge"] == [
        "Erased: registrants 1, accessibility needs 1, needs and answers to be claimed 1, "
        "texts of messages 1, requests for links 1, messages about no registration 1, exports of people 1, "
        "actions of the staff 1, paces of domains 1."
    ]


@pytest.mark.django_db
def test_the_text_of_a_message_goes_and_what_became_of_it_stays():
    old = sent(91, state="bounced", reason="full", error="452 <alix@example.org> over quota")
    AttachmentFactory(message=old)
    kept = [sent(89), MessageFactory(state="queued", created_at=ago(days=91))]

    purge.purge()

    old.refresh_from_db()
    assert (old.text, old.html, old.links, old.error, old.attachments.count()) == ("", "", [], "", 0)
    assert (old.subject[:7], old.state, old.reason) == ("Message", "bounced", "full")
    for message in kept:
        message.refresh_from_db()
        assert message.text


@pytest.mark.django_db
def test_a_message_whose_text_is_erased_cannot_leave_again(project_lead):
    old = sent(91, state="failed")
    purge.purge()

    project_lead.post("/admin/outbox/message/", {"action": "send_again", "_selected_action": [old.pk], "index": "0"})
    page = project_lead.get(f"/admin/outbox/message/{old.pk}/change/").content.decode()

    old.refresh_from_db()
    assert old.state == "failed"
    assert "effacés 90 jours après" in page


@pytest.mark.django_db
def test_the_number_of_days_is_a_setting(settings):
    settings.MESSAGE_DAYS = 10
    old, recent = sent(11), sent(9)

    purge.purge()

    assert list(Message.objects.filter(text="")) == [old]
    assert recent in Message.objects.exclude(text="")


@pytest.mark.django_db
def test_one_kind_that_fails_does_not_keep_the_others(over, monkeypatch):
    def broken(before):
        raise ZeroDivisionError

    monkeypatch.setattr(purge, "erase_texts", broken)

    with pytest.raises(ExceptionGroup) as caught:
        purge.purge()

    assert [type(error) for error in caught.value.exceptions] == [ZeroDivisionError]
    assert not Lane.objects.exists()


@pytest.mark.django_db
def test_a_database_away_is_told_as_such(monkeypatch):
    def away(before):
        raise OperationalError("gone")

    monkeypatch.setattr(purge, "erase_texts", away)

    with pytest.raises(OperationalError):
        purge.purge()


def test_the_guide_of_operation_tells_every_kind_with_its_duration():
    guide = (settings.BASE_DIR / "docs" / "operating.md").read_text()
    table = guide[guide.index("## End dates") :].partition("What no command")[0]
    told = re.findall(r"^\| ([^|]+) \| (?:(\d+) days?|[^|]+?)(?: after sending)? \|", table, re.MULTILINE)[1:]

    assert [(what, int(days or 0)) for what, days in told] == [
        (kind.what, kind.kept.days if kind.kept else 0) for kind in purge.kinds()
    ]


@pytest.mark.django_db(transaction=True)
def test_a_purge_that_is_killed_leaves_each_row_whole_or_erased_and_the_next_one_ends_it():
    edition = EditionFactory(starts_on=ago(days=45).date(), ends_on=ago(days=40).date())
    PrivacyNoticeFactory(edition=edition, retention_days=30)
    session = SessionFactory(edition=edition)
    people = RegistrationFactory.build_batch(6_000, session=session)
    Registration.objects.bulk_create(people)
    Message.objects.bulk_create(
        MessageFactory.build(about=about(person), to=person.email, state="sent", sent_at=ago(days=1))
        for person in people
    )
    other = MessageFactory.build_batch(3_000, about="registrations.registration:0", state="sent", sent_at=ago(days=91))
    Message.objects.bulk_create(other)
    Attachment.objects.bulk_create(AttachmentFactory.build(message=message) for message in other)
    environment = os.environ | {
        "DATABASE_URL": address_of_the_test_database(),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    erased = Registration.objects.filter(email__endswith="@erased.invalid")
    process = subprocess.Popen([sys.executable, "manage.py", "purge"], env=environment, cwd=settings.BASE_DIR)
    try:
        limit = time.monotonic() + 60
        while not erased.exists() and time.monotonic() < limit:
            time.sleep(0.002)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)

    half = erased.count()
    assert 0 < half < 6_000
    assert half == Registration.objects.filter(first_name="").count()
    assert Message.objects.filter(about__in=[about(person) for person in erased[:900]]).count() == 0
    assert Message.objects.exclude(about="registrations.registration:0").count() == 6_000 - half

    counts = purge.purge()

    assert (counts["registrants"], counts["texts of messages"]) == (6_000 - half, 3_000)
    assert (erased.count(), Attachment.objects.count(), Message.objects.exclude(text="").count()) == (6_000, 0, 0)
