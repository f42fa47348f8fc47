"""What somebody needs to take part: said with their consent, read by the referent only, erased soon after."""

import datetime as dt

import pytest
from django.db.models import TextField
from django.utils import timezone

from innovation_week.durations import ACCESS_NEEDS
from outbox.models import Message
from publishing.publish import publish
from registrations import access_needs, services, slots
from registrations.models import AccessNeed, Registration
from registrations.published import find
from sessions.models import Session
from tests.factories import AccessNeedFactory, EditionFactory, RegistrationFactory, SequenceFactory, SessionFactory
from tests.registrations.conftest import applicant, form_data, link_in, sent

NEED = "Une place près de la scène"
WITH_NEED = {"access_need": NEED, "access_consent": "on"}


@pytest.fixture
def form_url(session) -> str:
    return f"/demo/seances/{session.code}/inscription/"


@pytest.fixture
def own_page(published) -> str:
    registration = services.register(published, applicant(), now=timezone.now())
    return f"/inscriptions/{registration.link.token}/"


def needs() -> list[tuple[str, str]]:
    return list(AccessNeed.objects.values_list("need", "state"))


def test_the_form_says_who_reads_it_and_until_when_and_its_box_is_unticked(stranger, form_url, session):
    page = stranger.get(form_url).content.decode()

    last = timezone.localdate(session.ends_at) + dt.timedelta(days=30)
    assert "Seule la personne référente pour l’accessibilité" in page
    assert f"{last.day} " in page[page.index("Elles sont effacées après le") :][:60]
    box = page[page.index('name="access_consent"') - 200 :][:300]
    assert "checked" not in box


def test_two_sessions_of_other_days_name_their_own_date(stranger, form_url, session):
    other = SessionFactory(edition=session.edition, starts_at=session.starts_at + dt.timedelta(days=1))
    publish(session.edition, note="Une de plus.")
    pages = [stranger.get(f"/demo/seances/{each.code}/inscription/").content.decode() for each in (session, other)]

    told = [page[page.index("effacées après le") :][:50] for page in pages]
    assert told[0] != told[1]


def test_a_need_is_kept_with_the_registration_and_stands_in_no_mail_and_no_cookie(stranger, form_url):
    response = stranger.post(form_url, form_data() | WITH_NEED)

    assert needs() == [(NEED, "asked")]
    assert AccessNeed.objects.get().registration.email == "alix@example.org"
    sent()
    texts = [field.name for field in Message._meta.fields if isinstance(field, TextField)]
    assert NEED not in str(list(Message.objects.values_list(*texts)))
    assert NEED not in str(response.cookies)


def test_without_the_tick_nothing_is_kept_and_the_form_says_what_to_do(stranger, form_url):
    page = stranger.post(form_url, form_data() | {"access_need": NEED}).content.decode()

    assert "Cochez la case" in page
    assert NEED in page
    assert (Registration.objects.count(), needs()) == (0, [])


def test_a_tick_without_a_need_keeps_nothing(stranger, form_url):
    stranger.post(form_url, form_data() | {"access_consent": "on"})

    assert (Registration.objects.count(), needs()) == (1, [])


def test_nobody_says_it_for_a_colleague(stranger, form_url):
    registrar = {"registrar_name": "Camille", "registrar_email": "camille@example.org"}
    page = stranger.post(form_url, form_data() | WITH_NEED | registrar).content.decode()

    assert "Seule la personne que vous inscrivez peut dire" in page
    assert Registration.objects.count() == 0


def test_a_stranger_who_types_a_known_address_changes_nothing(stranger, form_url, published):
    registration = services.register(published, applicant(), now=timezone.now())
    AccessNeedFactory(registration=registration, need="Des sous-titres")

    stranger.post(form_url, form_data() | WITH_NEED)

    assert needs() == [("Des sous-titres", "asked")]


def test_the_same_form_sent_twice_keeps_one_need(stranger, form_url):
    for _time in range(2):
        stranger.post(form_url, form_data() | WITH_NEED)

    assert needs() == [(NEED, "asked")]


def test_who_waits_may_have_a_need_too(stranger, form_url, session):
    Session.objects.update(seats_taken=2)

    stranger.post(form_url, form_data() | WITH_NEED | {"wait": "1"})

    assert [(need.need, need.registration.state) for need in AccessNeed.objects.all()] == [(NEED, "waiting")]


def test_the_person_says_changes_and_erases_it_on_their_own_page(stranger, own_page):
    assert "J’ai un besoin d’accessibilité" in stranger.get(own_page).content.decode()

    stranger.post(own_page, WITH_NEED | {"need": "1"})
    AccessNeed.objects.update(state="handled", handled_at=timezone.now())
    told = stranger.get(own_page).content.decode()
    stranger.post(own_page, {"access_need": "Des sous-titres", "access_consent": "on", "need": "1"})
    changed = needs()
    stranger.post(own_page, {"action": "forget_need"})

    assert NEED in told
    assert "s’en est occupée le" in told
    assert (changed, needs()) == ([("Des sous-titres", "asked")], [])


def test_saving_the_same_words_again_does_not_ask_again(stranger, own_page):
    stranger.post(own_page, WITH_NEED | {"need": "1"})
    AccessNeed.objects.update(state="handled", handled_at=timezone.now())

    stranger.post(own_page, WITH_NEED | {"need": "1"})

    assert needs() == [(NEED, "handled")]


def test_the_own_page_asks_for_the_tick_and_keeps_what_was_typed(stranger, own_page):
    page = stranger.post(own_page, {"access_need": NEED, "need": "1"}).content.decode()

    assert "Cochez la case" in page
    assert NEED in page
    assert needs() == []


def test_who_gave_their_seat_up_states_no_need(stranger, own_page):
    stranger.post(own_page, {"action": "cancel"})

    page = stranger.post(own_page, WITH_NEED | {"need": "1"}).content.decode()

    assert "il n’y a plus rien à préparer" in page
    assert needs() == []


def test_a_colleague_who_was_registered_reads_it_on_the_page_of_their_mail(stranger, form_url):
    registrar = {"registrar_name": "Camille", "registrar_email": "camille@example.org"}
    stranger.post(form_url, form_data() | registrar)
    (mail,) = sent()

    stranger.post(link_in(mail), WITH_NEED | {"need": "1"})

    assert needs() == [(NEED, "asked")]


def test_what_was_arranged_for_one_slot_is_to_be_handled_again_for_another(session):
    sequence = SequenceFactory(edition=session.edition)
    first, second = (
        SessionFactory(
            edition=session.edition,
            sequence=sequence,
            is_slot=True,
            starts_at=session.starts_at + dt.timedelta(hours=hours),
        )
        for hours in (2, 4)
    )
    publish(session.edition, note="Des créneaux.")
    found = find("demo", first.code)
    registration = services.register(found, applicant(), now=timezone.now(), is_vouched_for=True)
    AccessNeedFactory(registration=registration, state="handled", handled_at=timezone.now(), handled_by="camille")

    slots.change(registration, find("demo", second.code), now=timezone.now())

    need = AccessNeed.objects.get()
    assert (need.state, need.handled_at, need.handled_by) == ("asked", None, "")


# --- The end ------------------------------------------------------------------------------------------------------


def ended(**ago) -> Session:
    start = timezone.now() - dt.timedelta(**ago) - dt.timedelta(hours=1)
    return SessionFactory(starts_at=start, ends_at=start + dt.timedelta(hours=1))


def test_a_need_is_erased_thirty_days_after_its_session_and_not_a_day_before(db):
    AccessNeedFactory(registration__session=ended(days=31), registration__state="present")
    kept = AccessNeedFactory(registration__session=ended(days=29), registration__state="present")

    assert access_needs.erase(timezone.now() - ACCESS_NEEDS) == 1
    assert list(AccessNeed.objects.all()) == [kept]


def test_a_need_of_a_session_without_a_time_ends_with_its_edition(db):
    today = timezone.localdate()
    for days in (31, 29):
        last = today - dt.timedelta(days=days)
        edition = EditionFactory(starts_on=last, ends_on=last)
        session = SessionFactory(edition=edition, starts_at=None, ends_at=None)
        AccessNeedFactory(registration__session=session, need=f"{days}")

    access_needs.erase(timezone.now() - ACCESS_NEEDS)

    assert [need for need, _state in needs()] == ["29"]


@pytest.mark.parametrize("state", ["cancelled", "expired"])
def test_the_need_of_somebody_who_does_not_come_goes_with_the_next_purge(db, state):
    AccessNeedFactory(registration=RegistrationFactory(state=state))
    kept = AccessNeedFactory()

    access_needs.erase(timezone.now() - ACCESS_NEEDS)

    assert list(AccessNeed.objects.all()) == [kept]
