"""Password, then telephone: what opens, what does not, and how one gets back in."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from innovation_week.checks import staff_log_in_asks_for_a_second_factor
from tests.admin.test_every_page import REFERENT
from tests.factories import SessionFactory, UserFactory

LOGIN, CODE, SETUP = (reverse(f"admin:{name}") for name in ("login", "second_factor", "second_factor_setup"))
INDEX, SESSIONS = reverse("admin:index"), reverse("admin:programme_session_changelist")


@pytest.fixture(autouse=True)
def required(settings):
    settings.SECOND_FACTOR = "required"


@pytest.fixture
def lead(staff) -> User:
    return staff("Chef de projet")


@pytest.fixture
def telephone(lead) -> TOTPDevice:
    device = TOTPDevice.objects.create(user=lead, name="téléphone")
    StaticToken.objects.create(device=StaticDevice.objects.create(user=lead), token="abcd2345")
    return device


def logged_in(user: User) -> Client:
    client = Client()
    response = client.post(LOGIN, {"username": user.username, "password": "mot de passe de test", "next": INDEX})
    assert response.status_code == 302
    return client


def code_of(key: bytes, steps: int = 0) -> str:
    return f"{TOTP(key, drift=steps).token():06d}"


def test_a_first_log_in_links_a_telephone_and_gives_recovery_codes_once(lead):
    client = logged_in(lead)

    asked = client.get(SESSIONS)
    assert (asked.status_code, asked["Location"]) == (302, f"{CODE}?next={SESSIONS}")
    assert client.get(asked["Location"])["Location"].startswith(SETUP)
    html = client.get(SETUP).content.decode()
    assert 'src="data:image/svg+xml' in html
    key = bytes.fromhex(client.session["second_factor_key"])
    before = client.session.session_key
    codes = client.post(SETUP, {"code": code_of(key), "next": SESSIONS}).content.decode()

    shown = re.findall(r"<code>([a-z2-7]{4}-[a-z2-7]{4})</code>", codes)
    assert len(shown) == 10
    assert client.session.session_key != before
    assert client.get(SESSIONS).status_code == 200
    assert shown[0] not in client.get(SETUP).content.decode()


def test_a_wrong_first_code_links_nothing(lead):
    client = logged_in(lead)
    client.get(SETUP)

    html = client.post(SETUP, {"code": "000000"}).content.decode()

    assert "Ce code n’est pas celui" in html
    assert not TOTPDevice.objects.exists()


def test_nothing_opens_before_the_code(lead, telephone):
    session = SessionFactory(edition__is_current=True)
    client = logged_in(lead)
    pages = [INDEX, SESSIONS, reverse("admin:programme_session_change", args=[session.pk]), reverse("admin:search")]
    pages += [reverse("admin:autocomplete"), reverse("admin:guide")]
    pages.append(reverse("preview:programme", args=[session.edition.slug]))

    for page in pages:
        response = client.get(page, follow=True)
        assert (page, response.request["PATH_INFO"]) == (page, CODE)
        assert session.title not in response.content.decode()
    assert client.post(SESSIONS, {"action": "x"}).status_code == 302
    assert client.get(SETUP)["Location"] == CODE  # a password alone links no second telephone
    assert client.post(reverse("admin:second_factor_codes"))["Location"] == CODE


@pytest.mark.parametrize("has_telephone", [True, False])
def test_a_password_alone_does_not_change_the_password(lead, telephone, has_telephone):
    """Whoever has stolen it would lock its owner out."""
    if not has_telephone:
        telephone.delete()
        StaticDevice.objects.all().delete()
    client, page = logged_in(lead), reverse("admin:password_change")
    new = {
        "old_password": "mot de passe de test",
        "new_password1": "une autre phrase",
        "new_password2": "une autre phrase",
    }

    for response in (client.get(page), client.post(page, new)):
        assert response["Location"].startswith(CODE)
    lead.refresh_from_db()
    assert lead.check_password("mot de passe de test")


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_opens_also_when_the_clock_is_a_step_away_but_never_twice(lead, telephone, steps):
    code = code_of(telephone.bin_key, steps)
    client = logged_in(lead)

    assert client.post(CODE, {"code": f"{code[:3]} {code[3:]}", "next": SESSIONS})["Location"] == SESSIONS
    assert client.get(SESSIONS).status_code == 200
    again = logged_in(lead)
    assert again.post(CODE, {"code": code}).status_code == 200
    assert again.get(SESSIONS).status_code == 302


def test_a_recovery_code_opens_once_and_says_how_many_are_left(lead, telephone):
    client = logged_in(lead)

    html = client.post(CODE, {"code": "ABCD-2345"}, follow=True).content.decode()

    assert "il en reste 0" in html
    assert logged_in(lead).post(CODE, {"code": "abcd2345"}).status_code == 200


def test_wrong_codes_make_one_wait_and_end_the_log_in(lead, telephone, monkeypatch):
    client, now = logged_in(lead), timezone.now()
    client.post(CODE, {"code": "000000"})
    assert "Patientez" in client.post(CODE, {"code": code_of(telephone.bin_key)}).content.decode()
    answers = []
    for attempt in range(1, 5):
        # Two minutes apart: without the pause that doubles.
        monkeypatch.setattr(timezone, "now", lambda attempt=attempt: now + dt.timedelta(minutes=2 * attempt))
        answers.append(client.post(CODE, {"code": "000000"}).status_code)

    assert answers == [200, 200, 200, 429]
    assert client.get(CODE).status_code == 302


def test_a_role_without_personal_data_logs_in_with_a_password(staff):
    client = logged_in(staff("Lecture"))

    assert client.get(SESSIONS).status_code == 200


def test_who_sees_names_at_the_door_alone_gives_a_code_too(db, settings):
    settings.SECOND_FACTOR = "required"
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="check_in_registration"))

    assert logged_in(user).get(SESSIONS)["Location"].startswith(CODE)


def test_the_accessibility_referent_gives_a_code(staff, settings):
    settings.SECOND_FACTOR = "required"

    assert logged_in(staff(REFERENT)).get(INDEX)["Location"].startswith(CODE)


def test_who_has_a_telephone_is_asked_for_it_though_no_role_demands_it(staff, settings):
    settings.SECOND_FACTOR = "optional"
    reader = staff("Lecture")
    TOTPDevice.objects.create(user=reader, name="téléphone")

    assert logged_in(reader).get(SESSIONS)["Location"].startswith(CODE)


def test_a_project_lead_resets_the_telephone_of_a_colleague_but_not_of_a_superuser(
    project_lead, staff, superuser, settings
):
    settings.SECOND_FACTOR = "optional"
    colleague = staff("Accueil")
    for user in (colleague, superuser):
        TOTPDevice.objects.create(user=user, name="téléphone")
    ticked = {"action": "reset_second_factor", "_selected_action": [colleague.pk, superuser.pk]}

    html = project_lead.post(reverse("admin:auth_user_changelist"), ticked, follow=True).content.decode()

    assert "1 second facteur est réinitialisé." in html
    assert [device.user for device in TOTPDevice.objects.all()] == [superuser]
    html = project_lead.get(reverse("admin:auth_user_history", args=[colleague.pk])).content.decode()
    assert "second facteur réinitialisé" in html
    assert colleague.history.first().history_user.groups.get().name == "Chef de projet"


def test_a_reset_ends_what_the_telephone_had_opened(lead, telephone):
    client = logged_in(lead)
    client.post(CODE, {"code": code_of(telephone.bin_key)})
    assert client.get(SESSIONS).status_code == 200

    call_command("reset_second_factor", lead.username, verbosity=0)

    assert client.get(SESSIONS).status_code == 302


def test_half_an_hour_without_a_page_ends_the_log_in_and_says_so(staff, monkeypatch):
    client, now = logged_in(staff("Lecture")), timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + dt.timedelta(minutes=29))
    assert client.get(SESSIONS).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: now + dt.timedelta(minutes=58))
    assert client.get(SESSIONS).status_code == 200

    monkeypatch.setattr(timezone, "now", lambda: now + dt.timedelta(minutes=90))
    response = client.post(SESSIONS, {"action": "x"}, follow=True)

    assert response.redirect_chain == [(f"{LOGIN}?next={SESSIONS}", 302)]
    assert "30 minutes" in response.content.decode()
    assert "n’a pas été enregistré" in response.content.decode()


def test_eight_hours_end_the_log_in_of_the_busiest(staff, monkeypatch):
    client, now = logged_in(staff("Lecture")), timezone.now()
    seen = []
    for quarter in [*range(1, 32), 33]:
        monkeypatch.setattr(timezone, "now", lambda quarter=quarter: now + dt.timedelta(minutes=15 * quarter))
        seen.append(client.get(SESSIONS).status_code)

    assert seen == [200] * 31 + [302]


def test_the_check_before_deployment_warns_when_it_is_off(settings):
    assert staff_log_in_asks_for_a_second_factor() == []
    settings.SECOND_FACTOR = "optional"
    assert [message.id for message in staff_log_in_asks_for_a_second_factor()] == ["innovation_week.W002"]
    settings.DEMO = True
    assert staff_log_in_asks_for_a_second_factor() == []


def test_public_pages_set_no_cookie_nor_ask_who_reads(db):
    assert not Client().get("/accessibilite/").cookies


def test_the_password_again_asks_for_the_code_again(lead, telephone):
    """A browser left open after its time, and somebody who knows the password."""
    client = logged_in(lead)
    client.post(CODE, {"code": code_of(telephone.bin_key)})
    assert client.get(INDEX).status_code == 200

    client.post(LOGIN, {"username": lead.username, "password": "mot de passe de test", "next": INDEX})

    assert client.get(INDEX)["Location"].startswith(CODE)


HEADER_LINK = f'<a href="{SETUP}">Second facteur</a>'


def test_the_header_leads_to_ones_telephone_and_codes_whoever_has_or_needs_them(lead, telephone, staff):
    client = logged_in(lead)
    client.post(CODE, {"code": code_of(telephone.bin_key), "next": INDEX})

    assert HEADER_LINK in client.get(INDEX).content.decode()
    assert HEADER_LINK not in logged_in(staff("Lecture")).get(INDEX).content.decode()


def test_who_has_a_telephone_reads_how_many_codes_are_left_and_makes_new_ones(lead, telephone):
    client = logged_in(lead)
    client.post(CODE, {"code": code_of(telephone.bin_key), "next": INDEX})

    html = client.get(SETUP).content.decode()
    made = client.post(reverse("admin:second_factor_codes")).content.decode()

    assert "<h1>Second facteur</h1>" in html
    assert "1 code de secours restant" in html
    assert len(re.findall(r"<code>([a-z2-7]{4}-[a-z2-7]{4})</code>", made)) == 10
    assert "10 codes de secours restants" in client.get(SETUP).content.decode()


def test_help_stands_on_the_pages_before_the_second_factor_without_a_link_into_the_site(lead):
    html = logged_in(lead).get(SETUP).content.decode()

    assert "un mot de passe ne suffit pas" in html
    assert reverse("admin:guide") not in html


@pytest.fixture
def demonstration(settings, db) -> User:
    """Its login is printed: everybody's."""
    settings.DEMO, settings.SECOND_FACTOR = True, "optional"
    return UserFactory(username="demo", is_superuser=True)


def test_the_demonstration_says_that_the_second_factor_is_off(demonstration, stranger, lead):
    at_log_in = stranger.get(LOGIN).content.decode()
    dashboard = logged_in(demonstration).get(INDEX).content.decode()

    assert "Démonstration : le mot de passe suffit ici. Un vrai site demande aussi un code du téléphone." in at_log_in
    assert "Démonstration, sans second facteur" in dashboard
    assert HEADER_LINK not in dashboard
    assert HEADER_LINK in logged_in(lead).get(INDEX).content.decode()


def test_a_real_site_says_nothing_of_a_demonstration(lead, stranger, settings):
    settings.SECOND_FACTOR = "optional"

    assert "Démonstration" not in stranger.get(LOGIN).content.decode()
    assert "Démonstration" not in logged_in(lead).get(INDEX).content.decode()


def test_the_login_that_is_everybodys_takes_no_telephone(demonstration):
    client = logged_in(demonstration)
    html = client.get(SETUP).content.decode()
    key = bytes.fromhex(client.session["second_factor_key"]) if "second_factor_key" in client.session else b"x" * 20

    response = client.post(SETUP, {"code": code_of(key)})

    assert "Ce compte est celui de tout le monde" in html
    assert "data:image/svg+xml" not in html
    assert "Ce compte est celui de tout le monde" in response.content.decode()
    assert not TOTPDevice.objects.exists()
