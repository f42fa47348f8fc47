"""Lines copied from a spreadsheet become sessions: read first, then all of them or none."""

import re
from typing import Any

import pytest

from innovation_week.dates import day
from sessions.models import Session
from tests.factories import EditionFactory, FormatFactory, RoomFactory, SequenceFactory, SessionFactory, UserFactory, at

PASTE = "/admin/programme/session/coller/"


@pytest.fixture
def edition(db):
    return EditionFactory(is_current=True, slug="semaine")


@pytest.fixture
def sequence(edition):
    return SequenceFactory(edition=edition, title="Fail camp", format=FormatFactory(name="Conférence"))


def read(client, text: str, **chosen: Any):
    html = client.get(PASTE).content.decode()
    token = re.search(r'name="token" value="([^"]*)"', html)[1]
    fields = {"text": text, "token": token, "minutes": 60, "status": "design", "read": "1", **chosen}
    return client.post(PASTE, fields), fields


def make(client, response, fields: dict[str, Any]):
    seen = re.search(r'name="seen" value="([^"]*)"', response.content.decode())[1]
    return client.post(PASTE, {**fields, "seen": seen, "make": "1"})


def faults(response) -> list[tuple[int, str, str]]:
    lines = response.context["lines"]
    return [(line.number, cell.column, cell.error) for line in lines for cell in line.cells if cell.error]


def test_a_column_of_titles_becomes_twelve_sessions(editor, edition, sequence):
    titles = [f"Atelier {number}" for number in range(12)]

    response, fields = read(editor, "\r\n".join(titles) + "\r\n", sequence=sequence.pk)
    assert Session.objects.count() == 0
    done = make(editor, response, fields)

    made = Session.objects.order_by("pk")
    assert done.status_code == 302
    assert [session.title for session in made] == titles
    assert {(session.sequence, session.format.name, session.status) for session in made} == {
        (sequence, "Conférence", "design")
    }
    assert {session.history.get().history_user.groups.get().name for session in made} == {"Éditorial"}


def test_cells_under_their_titles_are_read_in_any_order(editor, edition, sequence):
    RoomFactory(name="Agora")
    owner = UserFactory(username="camille")
    text = "\t".join(["Jour", "Horaire", "Intitulé", "Salle", "Places", "Séquence", "Responsable", "Météo"])
    cells = [
        f"{at(0, day=1):%d/%m/%Y}",
        "14h30 – 16 h",
        "L’échec\u00a0?",
        "agora",
        "1 200",
        "FAIL CAMP",
        "camille",
        "beau",
    ]

    response, fields = read(editor, text + "\n" + "\t".join(cells))
    make(editor, response, fields)

    session = Session.objects.get()
    assert response.context["table"].unknown == ["Météo"]
    assert (session.starts_at, session.ends_at) == (at(14, 30, day=1), at(16, day=1))
    assert (session.title, session.room.name, session.seats) == ("L’échec\u00a0?", "Agora", 1200)
    assert session.owner == owner


def test_without_titles_the_order_is_fixed_and_semicolons_will_do(editor, edition, sequence):
    text = "Un;Fail camp;;lundi;9h;45 min;;30;\nDeux;Fail camp;;mardi;9h;10h30;en ligne;;"

    response, fields = read(editor, text)
    make(editor, response, fields)

    one, two = Session.objects.order_by("pk")
    assert (one.starts_at, one.ends_at, one.seats) == (at(9), at(9, 45), 30)
    assert (two.starts_at, two.ends_at, two.is_online) == (at(9, day=1), at(10, 30, day=1), True)


def test_a_column_says_which_sessions_are_slots(editor, edition, sequence):
    text = "Titre\tCréneau\n" + "\n".join(["10 h\toui", "11 h\tX", "Visite\tnon", "Débat\t"])

    response, fields = read(editor, text, sequence=sequence.pk)
    make(editor, response, fields)
    wrong, _fields = read(editor, "Titre\tCréneau\n12 h\tpeut-être", sequence=sequence.pk)

    slots = dict(Session.objects.values_list("title", "is_slot"))
    assert slots == {"10 h": True, "11 h": True, "Visite": False, "Débat": False}
    assert faults(wrong) == [(2, "slot", "«\u00a0peut-être\u00a0» n’est ni oui ni non.")]


def test_each_fault_stands_beside_its_cell_and_nothing_is_made(editor, edition, sequence):
    RoomFactory(name="Auditorium")
    SequenceFactory(title="Ailleurs")  # of another edition
    text = "titre\tséquence\tjour\tdébut\tsalle\tplaces\nBon\tFail camp\t\t\t\t\n"
    text += "\tAilleurs\t31/02\t25h\tAuditoirum\tbeaucoup"

    response, fields = read(editor, text)
    again = editor.post(PASTE, {**fields, "seen": "x", "make": "1"})

    assert [(number, column) for number, column, _error in faults(response)] == [
        (3, "title"),
        (3, "sequence"),
        (3, "day"),
        (3, "start"),
        (3, "room"),
        (3, "seats"),
    ]
    assert "Auditorium" in faults(response)[4][2]
    assert "Auditoirum" in response.context["form"]["text"].value()
    assert again.status_code == 200
    assert Session.objects.count() == 0


def test_the_same_page_sent_twice_makes_its_sessions_once(editor, edition, sequence):
    response, fields = read(editor, "Un\nDeux", sequence=sequence.pk)

    make(editor, response, fields)
    make(editor, response, fields)

    assert Session.objects.count() == 2


def test_pasting_leads_to_the_sessions_that_it_made(editor, edition, sequence):
    SessionFactory(edition=edition, title="Déjà là")
    response, fields = read(editor, "Un\nDeux", sequence=sequence.pk)

    done = make(editor, response, fields)
    again = make(editor, response, fields)
    page = editor.get(done["Location"])

    assert again["Location"] == done["Location"]
    assert {session.title for session in page.context["cl"].result_list} == {"Un", "Deux"}
    assert "Origine : collées ensemble" in " ".join(page.content.decode().split())
    assert "collées ensemble" not in editor.get("/admin/programme/session/").content.decode()


def test_what_was_understood_is_told_as_people_write_it(editor, edition, sequence):
    date = at(0, day=1).date()
    text = f"titre\tjour\tdébut\tfin\nUn\t{date:%d/%m/%Y}\t22h30\t1h\nDeux\t{date:%d/%m/%Y}\t9:00\t45 min"

    response, _fields = read(editor, text, sequence=sequence.pk)

    told = [[cell.told for cell in line.cells if cell.told] for line in response.context["lines"]]
    words = day(date)
    assert told == [
        [f"{words} {date.year}", f"{words}, 22\u00a0h\u00a030", "23\u00a0h\u00a030"],
        [f"{words} {date.year}", f"{words}, 9\u00a0h", "9\u00a0h\u00a045"],
    ]


def test_cells_changed_after_they_were_read_are_read_again(editor, edition, sequence):
    response, fields = read(editor, "Un", sequence=sequence.pk)

    again = make(editor, response, {**fields, "text": "Tout autre chose"})

    assert again.status_code == 200
    assert Session.objects.count() == 0


def test_what_is_too_much_or_cannot_be_seen_is_refused(editor, edition, sequence):
    many, _fields = read(editor, "x\n" * 201, sequence=sequence.pk)
    unseen, _fields = read(editor, "Fail\u202ecamp", sequence=sequence.pk)
    html, _fields = read(editor, "<script>alert(1)</script>", sequence=sequence.pk)

    assert "text" in many.context["form"].errors
    assert [column for _line, column, _error in faults(unseen)] == ["title"]
    assert "<script>alert" not in html.content.decode()


def test_who_may_not_add_sessions_gets_nothing(logistician, reader, edition):
    assert [client.get(PASTE).status_code for client in (logistician, reader)] == [403, 403]
    assert logistician.post(PASTE, {"text": "Un"}).status_code == 403


def test_reading_a_hundred_lines_asks_no_more_than_reading_one(
    editor, edition, sequence, django_assert_max_num_queries
):
    SessionFactory(edition=edition)
    with django_assert_max_num_queries(30):
        read(editor, "\n".join(f"Atelier {number}" for number in range(100)), sequence=sequence.pk)
