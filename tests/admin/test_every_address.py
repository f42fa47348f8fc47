"""Every address of the administration that the URLconf knows, by everybody: what docs/roles.md grants, no more.

A page that is added to the administration is walked by this test without being named here. One whose address holds
a word that ``values_of`` does not know fails it.
"""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from innovation_week.models import today
from registrations.models import Registration
from sessions.models import Session
from tests.admin.test_every_page import NO_FORM, REFERENT, ROLES, TABLE, table
from tests.conftest import client_of
from tests.factories import (
    AccessNeedFactory,
    AccountLimitFactory,
    AnswerFactory,
    CandidacyFactory,
    InvitationFactory,
    MessageFactory,
    PersonalExportFactory,
    RegistrationFactory,
    SequenceFactory,
    ServiceFactory,
    SessionFactory,
    SpeakerFactory,
    UserFactory,
)

# What each kind of page asks for: letters of its own model; then what single pages ask for, of others too.
LETTERS_OF_PAGE = {
    "add": "A",
    "change": "V",
    "changelist": "V",
    "delete": "D",
    "deleted": "A",
    "export": "E",
    "history": "V",
    "restore": "C",
    "restoreline": "C",
    "undelete": "AC",
}
LETTERS_OF = {
    "auth.user_password_change": "C",
    "exports.deliverable_file": "V",
    "outbox.message_html": "V",
    "planning.task_calendar": "V",
    "planning.task_copy": "A",
    "planning.task_done": "C",
    "programme.edition_clone": "A",
    "programme.sequence_slots": "V",
    "programme.sequence_slotschange": "V programme.session:C",
    "programme.sequence_slotsmake": "V programme.session:A",
    "programme.session_absent": "V registrations.registration:P",
    "programme.session_archive": "C",
    "programme.session_bulk": "C",
    "programme.session_cancel": "C publishing.release:A",
    "programme.session_day": "V",
    "programme.session_door": "V registrations.registration:P",
    "programme.session_duplicate": "A",
    "programme.session_lists": "V",
    "programme.session_next": "V",
    "programme.session_paste": "A",
    "programme.session_postpone": "C publishing.release:A",
    "programme.session_previous": "V",
    "programme.session_publish": "C publishing.release:A",
    "programme.session_restoreline": "C speakers.candidacy:C",
    "programme.session_revert": "C",
    "programme.session_text": "C",
    "programme.session_unarchive": "C",
    "programme.session_undo": "C",
    "publishing.release_publish": "V",
    "registrations.accessneed_handle": "C",
    "registrations.mailing_call_back": "C",
    "registrations.mailing_write": "A registrations.registration:V",
    "registrations.mailtext_layout": "V",
    "registrations.mailtext_preview": "V",
    "registrations.notice_preview": "V",
    "registrations.notice_settle": "C",
    "registrations.registration_access_lists": "E",
    "registrations.registration_address": "C",
    "registrations.registration_admit": "P",
    "registrations.registration_cancel": "C",
    "registrations.registration_certificate": "V",
    "registrations.registration_check_in": "P",
    "registrations.registration_convocation": "V",
    "registrations.registration_door": "P",
    "registrations.registration_fewer": "C",
    "registrations.registration_move": "C",
    "registrations.registration_promote": "C",
    "registrations.registration_ticket": "V",
    "registrations.registration_undo": "P",
}
BEFORE_LOG_IN = {
    "admin:login",
    "admin:log_in_help",
    "admin:logout",
    "admin:jsi18n",
    "preview:index",
}  # the last leads to an edition
# What would appear on a page that shows more than it should.
SECRETS = {
    "speaker.email": "adresse-d-intervenante@example.org",
    "candidacy.note": "Cachet demandé : secret",
    "session.internal_note": "Ne pas ébruiter la séance",
    "registration.last_name": "Inscrite-Secrète",
    "registration.email": "adresse-d-inscrite@example.org",
    "registration.registered_by_email": "adresse-qui-inscrit@example.org",
    "answer.text": "Une réponse pour l’équipe",
    "invitation.email": "adresse-d-invitee@example.org",
    "accessneed.need": "Une boucle magnétique au premier rang",
    "message.to": "adresse-de-courriel@example.org",
    "user.email": "adresse-de-collegue@example.org",
    "service.contact_email": "adresse-de-prestataire@example.org",
    "service.amount": "98765,43",
    "export.narrowed": "recherche d’une certaine personne",
}
ELSEWHERE = re.compile(r"zanzibar", re.IGNORECASE)


@dc.dataclass(frozen=True)
class Address:
    name: str
    words: frozenset[str]

    @property
    def about(self) -> tuple[str, str]:
        """The label of the model in ``admin:programme_session_change``, and the page; ("", name) for other pages."""
        for model in admin.site._registry:
            prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
            if self.name.startswith(prefix):
                return model._meta.label_lower, self.name.removeprefix(prefix)
        return "", self.name


def addresses(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, pattern.namespace or space)
        elif space in ("admin", "preview") and pattern.name:
            words = {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
            yield Address(f"{space}:{pattern.name}", frozenset(words))


ADDRESSES = list(addresses(get_resolver().url_patterns))


def values_of(address: Address, session: Session) -> dict[str, Any]:
    """What to put into the address so that it is about the session, or about what hangs on it."""
    label, _page = address.about
    speaker = session.candidacies.first().speaker
    known: dict[str, Any] = {
        "edition": session.edition.slug,
        "app_label": "programme",
        "name": "admin-dashboard",
        "content_type_id": ContentType.objects.get_for_model(Session).pk,
        "object_id": session.pk,
        "code": speaker.code if address.name == "preview:speaker" else session.code,
        "slug": session.room.venue.slug if address.name == "preview:venue" else session.sequence.slug,
    }
    if label:
        row = row_of(label, session)
        known |= {"object_id": row.pk, "pk": row.pk, "id": row.pk}
        tracked = session.candidacies.first() if address.name == "admin:programme_session_restoreline" else row
        if hasattr(tracked, "history"):
            known |= {"line": "candidacy", "version": getattr(tracked.history.order_by("pk").first(), "pk", 0)}
    missing = address.words - known.keys()
    assert not missing, f"{address.name} holds {missing}: teach values_of what to put there, and docs/roles.md who may."
    return {word: known[word] for word in address.words}


def row_of(label: str, session: Session) -> Any:
    """The row of the model that hangs on the session, or any."""
    mine: dict[str, Any] = {
        "programme.session": session,
        "programme.sequence": session.sequence,
        "programme.edition": session.edition,
        "speakers.candidacy": session.candidacies.first(),
        "speakers.speaker": session.candidacies.first().speaker,
        "registrations.registration": session.registrations.first(),
        "auth.user": User.objects.filter(email=SECRETS["user.email"]).first(),
    }
    model: Any = apps.get_model(label)
    if label in mine:
        return mine[label]
    if label == "registrations.accessneed":
        return model.objects.filter(registration__session=session).first() or model.objects.first()
    fields = {field.name for field in model._meta.fields}
    around: dict[str, Any] = {"session": session} if "session" in fields else {}
    return model._default_manager.filter(**around).order_by("pk").first() or model._default_manager.first()


def url_of(address: Address, session: Session) -> str:
    return reverse(address.name, kwargs=values_of(address, session)) if address.words else reverse(address.name)


def walked(session: Session) -> Iterator[tuple[Address, str]]:
    for address in ADDRESSES:
        if address.about[0].startswith("axes."):
            continue  # tests/admin/test_log_ins.py: for superusers, and there may be no line
        yield address, url_of(address, session)


@pytest.fixture
def session(populate) -> Session:
    """With secrets in every field that is not for everybody."""
    edition = populate(1)
    session = edition.sessions.order_by("pk").first()
    Session.objects.filter(pk=session.pk).update(internal_note=SECRETS["session.internal_note"])
    session.refresh_from_db()
    speaker = SpeakerFactory(email=SECRETS["speaker.email"])
    Registration.objects.filter(session=session).delete()
    session.candidacies.all().delete()
    candidacy = CandidacyFactory(session=session, speaker=speaker, note=SECRETS["candidacy.note"])
    candidacy.note = SECRETS["candidacy.note"] + " toujours"  # so that the history has something to tell
    candidacy.save()
    registration = RegistrationFactory(
        session=session,
        last_name=SECRETS["registration.last_name"],
        email=SECRETS["registration.email"],
        registered_by_name="Camille",
        registered_by_email=SECRETS["registration.registered_by_email"],
    )
    AccessNeedFactory(registration=registration, need=SECRETS["accessneed.need"])
    AnswerFactory(registration=registration, text=SECRETS["answer.text"])
    InvitationFactory(session=session, email=SECRETS["invitation.email"])
    MessageFactory(to=SECRETS["message.to"], html="<p>Bonjour</p>")
    UserFactory(email=SECRETS["user.email"])
    ServiceFactory(session=session, amount="98765.43", contact_email=SECRETS["service.contact_email"])
    PersonalExportFactory(narrowed=SECRETS["export.narrowed"])
    return session


def secrets_table() -> dict[str, dict[str, bool]]:
    rows = re.findall(r"^\| [^|]*\(`(\w+\.\w+)`\) \| (.+) \|$", TABLE.read_text(), re.MULTILINE)
    return {
        field: {role: cell == "yes" for role, cell in zip(ROLES, cells.split(" | "), strict=True)}
        for field, cells in rows
    }


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def test_every_named_page_can_be_filled(session):
    assert len(list(walked(session))) > 80


def is_granted(address: Address, role: str) -> bool:
    """Whether the table gives the role all that the page asks for. A page that is new has to say it above."""
    label, page = address.about
    asked = LETTERS_OF.get(f"{label}_{page}") or LETTERS_OF_PAGE[page]
    own, *others = asked.split()
    if label in NO_FORM and page in ("add", "delete"):
        return False
    wanted = [(label, own), *(other.split(":") for other in others)]
    return all(letter in table()[about][role] for about, letters in wanted for letter in letters)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_sends_and_reads_what_the_tables_grant_and_nothing_else(role, staff, session):
    """One walk for rights and secrets: opening every page is what it costs."""
    client, seen, wrong = client_of(staff(role)), set(), []
    for address, url in walked(session):
        if address.name in BEFORE_LOG_IN:
            continue
        response = client.get(url)
        html = body(response)
        packed = "".join(html.split())  # an amount is written with spaces
        seen |= {field for field, secret in SECRETS.items() if secret in html or secret in packed}
        read = response.status_code
        if not address.about[0]:
            wrong += [(address.name, read)] if read >= 500 else []
        elif is_granted(address, role):
            wrong += [(address.name, read)] if read == 403 or read >= 500 else []
        else:
            sent = client.post(url, {"post": "yes", "_save": "x"}).status_code
            wrong += [(address.name, read, sent)] if {read, sent} - {403, 405} else []
    assert wrong == []
    assert seen == {field for field, by_role in secrets_table().items() if by_role[role]}
    assert set(secrets_table()) == set(SECRETS)


def test_the_referent_opens_accessibility_needs_and_reads_there_nothing_but_whom_they_are_of(staff, session):
    client, opened, seen = client_of(staff(REFERENT)), set(), set()
    for address, url in walked(session):
        response = client.get(url)
        html = body(response)
        if response.status_code == 200 and address.about[0] and address.name not in BEFORE_LOG_IN:
            opened.add(address.name)
        seen |= {field for field, secret in SECRETS.items() if secret in html}

    model = "admin:registrations_accessneed"
    assert opened == {f"{model}_changelist", f"{model}_change", f"{model}_history"}
    assert seen == {"accessneed.need", "registration.last_name", "registration.email"}


@pytest.mark.parametrize("who", ["stranger", "expired", "without second factor"])
def test_nothing_answers_before_the_log_in_is_complete(who, staff, session, settings):
    client, lead = Client(), staff("Chef de projet")
    if who != "stranger":
        client = client_of(lead)
    if who == "expired":
        AccountLimitFactory(user=lead, ends_on=today() - dt.timedelta(days=1))
    if who == "without second factor":
        settings.SECOND_FACTOR = "required"
    open_now = {*BEFORE_LOG_IN}
    if who == "without second factor":
        open_now |= {"admin:second_factor", "admin:second_factor_setup", "admin:second_factor_codes"}
    for address, url in walked(session):
        if address.name in open_now:
            continue
        for response in (client.get(url), client.post(url, {"post": "yes"})):
            assert (address.name, response.status_code in (302, 405)) == (address.name, True)
            if response.status_code == 302:
                assert response["Location"].startswith((reverse("admin:login"), reverse("admin:second_factor")))


@pytest.fixture
def other(session) -> Session:
    """In a sequence of the same edition that the limited account does not see; everything of it says so."""
    sequence = SequenceFactory(edition=session.edition, title="Séquence de Zanzibar", slug="autre-fil")
    other = SessionFactory(edition=session.edition, sequence=sequence, title="Séance de Zanzibar", room=session.room)
    CandidacyFactory(session=other, speaker__name="Intervenante de Zanzibar", note="Zanzibar aussi")
    registration = RegistrationFactory(session=other, last_name="Inscrite de Zanzibar", email="zanzibar@example.org")
    AccessNeedFactory(registration=registration, need="Besoin de Zanzibar")
    return other


@pytest.mark.parametrize("role", ["Chef de projet", "Logistique", REFERENT])
def test_an_account_limited_to_some_sequences_meets_nothing_of_the_others(role, staff, session, other):
    user = staff(role)
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[session.sequence])
    client, met = client_of(user), []
    pages = {url: address.name for about in (session, other) for address, url in walked(about)}
    for url, name in pages.items():
        response = client.get(url)
        if response.status_code >= 500:
            met.append((name, response.status_code))
        if ELSEWHERE.search(body(response)) or "zanzibar" in response.get("Location", ""):
            met.append((name, url))
    search = client.get(reverse("admin:search"), {"q": "zanzibar"})
    by_code = client.get(reverse("admin:search"), {"q": other.code})
    assert met == []
    assert "Séance de Zanzibar" not in search.content.decode()
    assert by_code.status_code == 200


@pytest.mark.parametrize("role", ["Chef de projet"])
def test_an_account_limited_to_some_sequences_still_works_on_its_own(role, staff, session, other):
    user = staff(role)
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[session.sequence])
    client, labels = client_of(user), ["programme.session", "programme.sequence", "speakers.candidacy"]

    for label in [*labels, "speakers.speaker", "registrations.registration"]:
        app, model = label.split(".")
        page = reverse(f"admin:{app}_{model}_change", args=[row_of(label, session).pk])
        assert (label, client.get(page).status_code) == (label, 200)
