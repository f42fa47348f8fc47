import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from innovation_week.back_office.today import MOST_OF_A_DAY, day_of, sessions_of_day
from publishing.publish import publish
from registrations.mails import about
from sessions.models import Edition, Session
from tests.admin.test_every_page import inline_code
from tests.conftest import client_of
from tests.factories import (
    PARIS,
    CandidacyFactory,
    DeliverableFactory,
    EditionFactory,
    MessageFactory,
    NoticeFactory,
    RegistrationFactory,
    RoleFactory,
    ServiceFactory,
    SessionFactory,
    TaskFactory,
    UserFactory,
    at,
)

Status = Session.Status


def busy_edition(**fields):
    """Of each thing a card counts there is another number, and a twin that must not be counted."""
    edition = EditionFactory(is_current=True, **fields)
    lacking = SessionFactory(edition=edition, title="Manque un pionnier", status=Status.DESIGN)
    role = RoleFactory(format=lacking.format, required=1)
    CandidacyFactory(session=lacking, role=role, stage="contacted")
    filled = SessionFactory(edition=edition, format=lacking.format, title="Pourvue")
    CandidacyFactory(session=filled, role=role)
    SessionFactory(edition=edition, format=lacking.format, title="Annulée sans rôle", status=Status.CANCELLED)
    for number in range(2):
        SessionFactory(edition=edition, room=None, title=f"Sans salle {number}", status=Status.IDEA)
    SessionFactory(edition=edition, room=None, is_online=True, title="En ligne", status=Status.IDEA)
    for taken in (9, 10, 8, 10):
        session = SessionFactory(edition=edition, seats=10, title=f"{taken} sur 10", status=Status.DESIGN)
        Session.objects.filter(pk=session.pk).update(seats_taken=taken)
    for waited in edition.sessions.filter(title="9 sur 10"):
        waiting_list(waited, seats_waiting=2)
    SessionFactory(edition=edition, title="Sans heure", starts_at=None, room=None, status=Status.REVIEW)
    for carried in edition.sessions.filter(title__in=["Manque un pionnier", "Pourvue"]):
        carried.text, carried.owner = "Un texte.", UserFactory()
        carried.save()
    elsewhere = SessionFactory(room=None, format=lacking.format)
    Session.objects.filter(pk=elsewhere.pk).update(seats_taken=30)
    for session, state in [(filled, "draft"), (filled, "sent"), (elsewhere, "draft")]:
        NoticeFactory(session=session, state=state)
    publish(edition, note="Première version.")
    same = {"format": filled.format, "sequence": filled.sequence, "room": filled.room}
    added = SessionFactory(edition=edition, title="Pas encore publiée", **same)
    CandidacyFactory(session=added, role=role, speaker=filled.candidacies.get().speaker)
    before = (timezone.localdate() - edition.starts_on).days - 1  # yesterday, counted from the first day
    TaskFactory.create_batch(2, edition=edition, offset=before)
    TaskFactory(edition=edition)
    TaskFactory(edition=edition, offset=before, done_at=timezone.now())
    TaskFactory(offset=before)
    for state in ("asked", "asked", "ordered", "confirmed", "cancelled"):
        ServiceFactory(session=filled, state=state)
    ServiceFactory(session=elsewhere, state="asked")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    DeliverableFactory.create_batch(2, edition=edition)
    DeliverableFactory(edition=edition, due_on=yesterday)
    DeliverableFactory(edition=edition, due_on=yesterday, delivered_on=yesterday)
    DeliverableFactory(due_on=yesterday)
    for state in ("failed", "bounced", "sent", "queued"):
        MessageFactory(state=state)
    for unreached in [
        RegistrationFactory(session=filled),
        RegistrationFactory(session=filled, state="cancelled"),
        RegistrationFactory(session=elsewhere),
    ]:
        MessageFactory(state="bounced", about=about(unreached))
    return edition


def waiting_list(session: Session, **counts: int) -> None:
    Session.objects.filter(pk=session.pk).update(**counts)


# What each role sees, and for whom it waits: numbers of the busy edition.
OF_SESSIONS = {
    "séances avec des rôles à pourvoir": (1, "Intervenants"),
    "séances sans jour ni heure": (1, "Éditorial"),
    "séances sans salle": (3, "Logistique"),
    "séances sans texte": (9, "Éditorial"),
    "séances en validation": (1, "Chef de projet"),
    "séances que personne ne porte": (9, "Chef de projet"),
    "séances presque complètes": (3, "Logistique"),
    "séances dont la liste d’attente a des places libres ou proposées": (1, "Logistique"),
}
OF_TASKS = {"tâches en retard": (2, "leurs responsables"), "tâches que personne ne porte": (3, "Chef de projet")}
OF_SERVICES = {
    "prestations à commander": (2, "Logistique"),
    "prestations commandées, non confirmées": (1, "Logistique"),
}
OF_DELIVERABLES = {"livrables en retard": (1, "Chef de projet"), "livrables à remettre": (3, "Chef de projet")}
OF_PEOPLE = {
    "inscriptions dont les courriels n’arrivent pas": (1, "Logistique"),
    "avis aux inscrits à envoyer ou à abandonner": (1, "Chef de projet"),
}
PUBLISHED = {"modifications non publiées": (1, "Chef de projet")}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (
            "Chef de projet",
            PUBLISHED
            | OF_SESSIONS
            | OF_TASKS
            | OF_SERVICES
            | OF_DELIVERABLES
            | OF_PEOPLE
            | {"messages en erreur": (5, "Chef de projet")},
        ),
        ("Éditorial", PUBLISHED | OF_SESSIONS | OF_TASKS | OF_SERVICES | OF_DELIVERABLES),
        ("Intervenants", PUBLISHED | OF_SESSIONS | OF_TASKS | OF_SERVICES | OF_DELIVERABLES),
        ("Logistique", PUBLISHED | OF_SESSIONS | OF_TASKS | OF_SERVICES | OF_DELIVERABLES | OF_PEOPLE),
        ("Accueil", PUBLISHED | OF_SESSIONS | OF_TASKS | OF_SERVICES | OF_PEOPLE),
        ("Lecture", PUBLISHED | OF_SESSIONS | OF_TASKS | OF_SERVICES | OF_DELIVERABLES),
    ],
)
def test_each_number_opens_a_list_that_holds_it_whatever_the_role(staff, role, expected):
    busy_edition()
    client = client_of(staff(role))

    lines = client.get(reverse("admin:index")).context["lines"]

    assert {line.label: (line.count, line.waits_for) for line in lines} == expected
    for line in lines:
        assert (line.label, listed(client, line.url)) == (line.label, line.count)


def listed(client, address: str) -> int:
    context = client.get(address).context
    if "cl" in context:
        return context["cl"].result_count
    # The page of publishing tells apart what would go now and what something stops.
    return context["draft"].changes.count + context["remaining"].count


def test_a_waiting_list_counts_while_seats_are_free_or_offered_on_site_or_online(project_lead, staff):
    edition = EditionFactory(is_current=True)
    owner = staff("Logistique")
    made = {
        title: SessionFactory(edition=edition, title=title, seats=10, online_seats=10, owner=owner)
        for title in ("Offre", "En ligne", "Complète", "Sans attente", "Annulée", "Archivée")
    }
    for title, counts in {
        "Offre": {"seats_taken": 10, "seats_waiting": 1},
        "En ligne": {"seats_taken": 10, "online_seats_taken": 9, "online_seats_waiting": 2},
        "Complète": {"seats_taken": 10, "seats_waiting": 4},
        "Sans attente": {"seats_taken": 9},
        "Annulée": {"seats_taken": 9, "seats_waiting": 1},
        "Archivée": {"seats_taken": 9, "seats_waiting": 1},
    }.items():
        waiting_list(made[title], **counts)
    for title in ("Offre", "Sans attente"):
        RegistrationFactory(session=made[title], state="offered", expires_at=timezone.now() + dt.timedelta(hours=3))
    Session.objects.filter(title="Annulée").update(status=Status.CANCELLED)
    Session.objects.filter(title="Archivée").update(status=Status.ARCHIVED)

    (line,) = [
        line for line in project_lead.get("/admin/").context["lines"] if line.label.startswith("séances dont la liste")
    ]
    found = project_lead.get(line.url).context["cl"].result_list
    mine = client_of(owner).get("/admin/").context["mine"]

    assert line.count == 2
    assert {session.title for session in found} == {"Offre", "En ligne"}
    assert [each.count for each in mine if each.label == line.label] == [2]


def test_what_i_carry_comes_first_and_opens_lists_of_mine(staff):
    edition = busy_edition()
    me, colleague = staff("Éditorial"), staff("Éditorial")
    for number, owner in enumerate([me, me, colleague]):
        SessionFactory(edition=edition, owner=owner, title=f"À moi {number}", text="Texte.", room=None)
    SessionFactory(edition=edition, owner=me, title="Annulée", room=None, status=Status.CANCELLED)
    SessionFactory(owner=me, title="D’une autre édition", room=None)
    TaskFactory(edition=edition, owner=me)
    TaskFactory(edition=edition, owner=me, offset=-400)
    TaskFactory(edition=edition, owner=colleague, offset=-400)
    client = client_of(me)

    response = client.get(reverse("admin:index"))
    mine = response.context["mine"]

    numbers = {line.label: line.count for line in mine}
    assert numbers == {"séances sans salle": 2, "mes tâches en retard": 1, "mes tâches à faire": 2}
    assert {line.label: listed(client, line.url) for line in mine} == numbers
    html = response.content.decode()
    assert html.index("Pour moi") < html.index("Pour l’équipe")


def test_who_carries_nothing_is_told_what_will_come_there(reader):
    busy_edition()

    assert "Rien ne vous attend" in reader.get(reverse("admin:index")).content.decode()


def test_the_list_of_unpublished_sessions_holds_those_that_changed(project_lead):
    busy_edition()

    found = project_lead.get("/admin/programme/session/?todo=unpublished").context["cl"].result_list

    assert [session.title for session in found] == ["Pas encore publiée"]


def at_noon(edition: Edition) -> dt.datetime:
    """Of the second day of the edition, in Paris."""
    return dt.datetime.combine(edition.starts_on + dt.timedelta(days=1), dt.time(12), PARIS)


def session(edition: Edition, title: str, start: dt.datetime, hours: int = 2, **fields) -> Session:
    ends_at = start + dt.timedelta(hours=hours)
    return SessionFactory(edition=edition, title=title, starts_at=start, ends_at=ends_at, **fields)


def test_before_the_week_the_next_sessions_come_in_order_after_what_is_to_do(reader):
    edition = EditionFactory(is_current=True)
    session(edition, "Plus tard", at(16, day=1))
    session(edition, "Passée", timezone.now() - dt.timedelta(days=2))
    session(edition, "Annulée", at(10), status=Status.CANCELLED)
    session(edition, "Bientôt", at(9))

    response = reader.get(reverse("admin:index"))

    coming = response.context["programme"]
    assert (coming.is_today, [place.session.title for place in coming.sessions]) == (False, ["Bientôt", "Plus tard"])
    html = response.content.decode()
    assert html.index("Pour moi") < html.index("Prochaines séances")


def week_of_today(**fields) -> Edition:
    today = timezone.localdate()
    ends_on = today + dt.timedelta(days=1)
    return EditionFactory(is_current=True, starts_on=today - dt.timedelta(days=1), ends_on=ends_on, **fields)


def test_on_a_day_of_the_week_its_sessions_come_first_with_room_people_seats_and_state(project_lead):
    edition = week_of_today()
    running = session(edition, "Fail camp", timezone.now(), room__name="Salle Condorcet", seats=30)
    role = RoleFactory(format=running.format)
    for stage in ("came", "came", "confirmed", "declined"):
        CandidacyFactory(session=running, role=role, stage=stage)
    Session.objects.filter(pk=running.pk).update(seats_taken=12)
    session(edition, "Il y a une semaine", timezone.now() - dt.timedelta(days=7))

    html = project_lead.get(reverse("admin:index")).content.decode()

    assert html.index("Aujourd’hui") < html.index("Fail camp") < html.index("Pour moi")
    for told in ["Salle Condorcet", "12/30", "Intervenants présents\N{NO-BREAK SPACE}: 2/3", "En cours"]:
        assert told in html
    assert "Il y a une semaine" not in html


def test_who_does_not_see_candidacies_is_not_told_who_came(receptionist):
    running = session(week_of_today(), "Fail camp", timezone.now())
    CandidacyFactory(session=running, role=RoleFactory(format=running.format), stage="came")

    html = receptionist.get(reverse("admin:index")).content.decode()

    assert ("Fail camp" in html, "Intervenants présents" in html) == (True, False)


def test_a_day_holds_what_takes_place_on_it_and_what_is_over_stands_last(db):
    edition = EditionFactory()
    noon = at_noon(edition)
    midnight = noon + dt.timedelta(hours=12)
    session(edition, "En cours", noon - dt.timedelta(hours=1))
    session(edition, "Du matin", noon - dt.timedelta(hours=4))
    session(edition, "Annulée", noon + dt.timedelta(hours=1), status=Status.CANCELLED)
    session(edition, "De la nuit", midnight - dt.timedelta(minutes=30))
    session(edition, "Demain", midnight)
    session(edition, "Archivée", noon, status=Status.ARCHIVED)

    with timezone.override("Europe/Paris"):
        today = sessions_of_day(Session.objects.all(), day_of(noon.date()), noon, with_people=True)

    assert [(place.session.title, place.state) for place in today.sessions] == [
        ("En cours", "En cours"),
        ("Annulée", ""),
        ("De la nuit", ""),
        ("Du matin", "Terminée"),
    ]


def test_a_long_day_is_bounded_and_says_so(reader):
    edition = week_of_today()
    first = session(edition, "Répétition", timezone.now())
    same = {"sequence": first.sequence, "format": first.format, "room": first.room}
    for _number in range(MOST_OF_A_DAY + 1):
        session(edition, "Répétition", timezone.now(), **same)

    response = reader.get(reverse("admin:index"))

    today = response.context["programme"]
    assert (len(today.sessions), today.left_out) == (MOST_OF_A_DAY, 2)
    assert "Encore 2 séances aujourd’hui" in response.content.decode()


def test_the_filling_of_sessions_is_drawn_and_told(reader):
    edition = EditionFactory(is_current=True)
    for taken, seats in [(0, 10), (2, 10), (25, 100), (49, 100), (5, 7), (10, 13), (9, 10), (10, 10)]:
        filled = SessionFactory(edition=edition, seats=seats)
        Session.objects.filter(pk=filled.pk).update(seats_taken=taken)
    SessionFactory(edition=edition, seats=None)
    SessionFactory(edition=edition, entry=Session.Entry.FREE)
    SessionFactory(edition=edition, status=Status.CANCELLED)

    response = reader.get(reverse("admin:index"))

    (picture,) = response.context["pictures"]
    assert [number for _word, number in picture.rows] == [2, 2, 1, 2, 1]
    assert (
        picture.sentence
        == "Séances au nombre de places limité\N{NO-BREAK SPACE}: 8, dont complètes\N{NO-BREAK SPACE}: 1."
    )
    html = response.content.decode()
    assert picture.svg in html
    assert picture.svg.count("<rect") == 1 + 5  # the ground, and a bar for each band
    assert "<summary>Les chiffres" in html
    assert inline_code(html) == []


def test_registrations_a_day_are_for_those_who_see_registrations(receptionist, reader):
    edition = EditionFactory(is_current=True)
    today, place = timezone.now(), SessionFactory(edition=edition)
    for days, number in [(0, 2), (3, 5), (60, 1)]:
        RegistrationFactory.create_batch(number, session=place, created_at=today - dt.timedelta(days=days))
    RegistrationFactory(session=place, state="cancelled")
    RegistrationFactory()

    pictures = {picture.title: picture for picture in receptionist.get("/admin/").context["pictures"]}

    picture = pictures["Inscriptions par jour"]
    assert [number for _day, number in picture.rows][-4:] == [5, 0, 0, 2]
    assert "7 inscriptions en quatre semaines" in picture.sentence
    assert "Inscriptions par jour" not in [picture.title for picture in reader.get("/admin/").context["pictures"]]


def test_the_four_weeks_of_registrations_begin_and_end_at_midnight_on_the_clock_of_the_edition(project_lead):
    zone = ZoneInfo("Indian/Reunion")
    edition = EditionFactory(is_current=True, time_zone=zone.key)
    place = SessionFactory(edition=edition)
    first = dt.datetime.combine(timezone.localdate(timezone=zone), dt.time(), zone) - dt.timedelta(days=27)
    for moment in [first, first - dt.timedelta(seconds=1), first + dt.timedelta(days=1, seconds=-1)]:
        RegistrationFactory(session=place, created_at=moment)

    [_filling, picture] = project_lead.get("/admin/").context["pictures"]

    assert [number for _day, number in picture.rows] == [2] + [0] * 27


def test_the_dashboard_asks_little_of_the_database(project_lead):
    running = session(week_of_today(), "Fail camp", timezone.now())
    CandidacyFactory(session=running, role=RoleFactory(format=running.format))
    RegistrationFactory(session=running)
    project_lead.get("/admin/")

    with CaptureQueriesContext(connection) as queries:
        assert project_lead.get("/admin/").context["programme"].is_today

    assert len(queries) < 20


def test_without_an_edition_the_dashboard_says_where_to_begin(superuser_client):
    response = superuser_client.get(reverse("admin:index"))

    assert "Il n’y a pas encore d’édition" in response.content.decode()


def test_the_menu_follows_the_work_in_the_words_of_the_agency(superuser_client):
    EditionFactory()

    apps = superuser_client.get(reverse("admin:index")).context["app_list"]

    assert [app["name"] for app in apps] == [
        "Programme",
        "Recrutement des intervenants",
        "Lieux",
        "Préparation",
        "Publications",
        "Inscriptions",
        "Contrat",
        "Messages",
        "Exports",
        "Comptes",
        "Tentatives de connexion",
    ]


def menu(client, url):
    page = client.get(url).content.decode()
    return page[page.index('id="nav-sidebar"') : page.index("</nav>", page.index('id="nav-sidebar"'))]


def test_the_menu_kept_for_one_page_and_role_is_not_that_of_another(superuser_client, staff):
    SessionFactory()
    url, rooms = reverse("admin:programme_session_changelist"), reverse("admin:venues_room_changelist")
    user = staff("Lecture")
    reader = client_of(user)

    assert f'<a href="{url}" aria-current="page">' in menu(superuser_client, url)
    assert "/add/" in menu(superuser_client, url)
    assert "/add/" not in menu(reader, url)
    assert f'<a href="{rooms}" aria-current="page">' in menu(reader, rooms)
    assert f'<a href="{url}">' in menu(reader, rooms)

    user.groups.add(Group.objects.get_or_create(name="Éditorial")[0])

    assert "/programme/session/add/" in menu(reader, url)
