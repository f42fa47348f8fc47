"""In the list of sessions the slots of an opening day are one line, which opens into the list of them."""

from urllib.parse import parse_qs, urlencode

import pytest
from lxml import html

from publishing.publish import publish
from sessions.models import Session
from tests.admin.test_session_list import row_of, shown
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    CandidacyFactory,
    EditionFactory,
    FormatFactory,
    RoleFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    at,
)
from tests.publishing.exhibitions import exhibition, slots

LIST = "/admin/programme/session/"


@pytest.fixture
def edition(db):
    return EditionFactory(is_current=True, slug="semaine")


@pytest.fixture
def sequence(edition):
    return exhibition(edition)


@pytest.fixture
def two_days(sequence):
    """Three slots on the Monday and a debate among them, two on the Tuesday."""
    monday, tuesday = slots(sequence), slots(sequence, day=1, times=[(14, 0), (14, 30)])
    SessionFactory(edition=sequence.edition, title="Débat", starts_at=at(9, 15), ends_at=at(9, 45))
    return monday, tuesday


def rows(response) -> list[list[str]]:
    """The words of each cell, but the box to tick."""
    table = html.fromstring(response.content.decode()).get_element_by_id("result_list")
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("*[not(contains(@class, 'action-checkbox'))]")]
        for row in table.findall("tbody/tr")
    ]


def listed(response) -> list[Session]:
    return list(response.context["cl"].result_list)


def day(session: Session) -> str:
    return str(session.starts_at.date())


def test_each_opening_day_is_one_line_with_the_seats_of_its_slots(editor, two_days):
    monday, _tuesday = two_days
    Session.objects.filter(pk=monday[1].pk).update(seats_taken=7)

    found = rows(editor.get(LIST))

    assert [row[0] for row in found if "Débat" not in row[0]] == [
        "Bureau du futur 3 créneaux",
        "Bureau du futur 2 créneaux",
    ]
    first = found[0]
    assert first[1] == "Validée non publié"
    assert first[2].startswith("lundi ")
    assert first[2].endswith("9 h – 10 h 30")
    assert first[3:5] == ["Hall Centre", "–"]
    assert first[5].startswith("7/30")


def test_a_line_opens_into_the_list_of_its_slots_and_keeps_the_filters(editor, two_days):
    monday, _tuesday = two_days
    page = html.fromstring(editor.get(f"{LIST}?status__exact=approved").content.decode())

    link = page.get_element_by_id("result_list").find(".//tbody//th/a").get("href")
    opened = editor.get(link, follow=True)

    [(address, _status)] = opened.redirect_chain
    asked = {name: values[0] for name, values in parse_qs(address.removeprefix(f"{LIST}?")).items()}
    assert asked == {
        "status__exact": "approved",
        "slots": "each",
        "sequence__id__exact": str(monday[0].sequence_id),
        "day": day(monday[0]),
    }
    assert listed(opened) == monday
    assert rows(opened)[0][0].startswith("Visite de 9 h 00, jour 1")


def test_a_slot_that_is_alone_in_what_was_asked_for_is_a_row_as_any_other(editor, two_days):
    _monday, tuesday = two_days

    found = editor.get(f"{LIST}?{urlencode({'q': tuesday[1].code})}")

    assert listed(found) == [tuesday[1]]
    assert rows(found)[0][0].startswith("Visite de 14 h 30, jour 2")


def test_the_list_of_a_task_shows_each_slot_as_the_dashboard_counts_them(editor, two_days):
    Session.objects.update(status="review")

    found = editor.get(f"{LIST}?todo=review")

    assert len(listed(found)) == 6


def test_what_slots_do_not_share_is_said(editor, sequence):
    first, second, _third = slots(sequence)
    Session.objects.filter(pk=first.pk).update(status="design", seats=None)
    Session.objects.filter(pk=second.pk).update(room=RoomFactory())

    [row] = rows(editor.get(LIST))

    assert row[1].startswith("Plusieurs états")
    assert row[3] == "Plusieurs salles"
    assert row[5] == "0 sans limite"


def test_a_line_is_unpublished_with_one_of_its_slots_and_counts_the_roles_of_all(editor, edition):
    kind = FormatFactory()
    role = RoleFactory(format=kind, required=1)
    found = slots(exhibition(edition), format=kind)
    for slot in found:
        CandidacyFactory(session=slot, role=role)
    publish(edition, note="Ouverture")
    [published] = rows(editor.get(LIST))
    found[2].title = "Renommée"
    found[2].save()
    found[1].candidacies.all().delete()

    [changed] = rows(editor.get(LIST))

    assert (published[1], published[4]) == ("Validée", "3/3")
    assert (changed[1], changed[4]) == ("Validée non publié", "2/3")


def test_times_and_rooms_of_a_line_are_words_and_saving_the_list_leaves_its_slots(editor, two_days):
    monday, _tuesday = two_days
    debate = Session.objects.get(title="Débat")
    before = list(Session.objects.filter(is_slot=True).values().order_by("pk"))
    fields = shown(editor)

    response = editor.post(LIST, fields | {f"{row_of(fields, debate)}-starts_at": f"{at(11):%Y-%m-%dT%H:%M}"})

    debate.refresh_from_db()
    assert response.status_code == 302
    assert f"{row_of(fields, monday[0])}-starts_at" not in fields
    assert debate.starts_at == at(11)
    assert list(Session.objects.filter(is_slot=True).values().order_by("pk")) == before
    assert {slot.history.count() for slot in monday} == {1}


def test_lines_stay_lines_when_the_list_comes_back_with_an_error(editor, two_days):
    debate = Session.objects.get(title="Débat")
    fields = shown(editor)

    refused = editor.post(LIST, fields | {f"{row_of(fields, debate)}-room": "Nulle part"})

    found = rows(refused)
    assert [row[0].partition(" ")[0] for row in found] == ["Bureau", "Débat", "Bureau"]
    assert found[0][2].endswith("9 h – 10 h 30")
    page = html.fromstring(refused.content.decode()).get_element_by_id("result_list")
    assert len(page.xpath(".//input[contains(@name, '-starts_at') and @type != 'hidden']")) == 1


def test_what_is_done_to_a_line_is_done_to_each_of_its_slots(editor, two_days):
    monday, _tuesday = two_days
    page = html.fromstring(editor.get(LIST).content.decode())
    box = page.get_element_by_id("result_list").xpath(".//input[@name='_selected_action']")[0]

    several = editor.post(LIST, {"action": "change_several", "_selected_action": [box.get("value")]})
    alone = editor.post(LIST, {"action": "change_several", "_selected_action": [monday[0].pk]})

    assert box.get("aria-label").startswith("Choisir les créneaux de lundi ")
    assert several.context["number"] == 3
    assert several.context["form"]["ids"].value() == ",".join(str(slot.pk) for slot in monday)
    assert alone.context["number"] == 1


def test_who_only_reads_sees_the_same_lines(reader, two_days):
    found = rows(reader.get(LIST))

    assert [row[0].partition(" ")[0] for row in found] == ["Bureau", "Débat", "Bureau"]
    assert found[0][2].endswith("9 h – 10 h 30")
    assert found[0][3] == "Hall Centre"


def test_an_account_limited_to_a_sequence_has_lines_of_its_slots_alone(staff, edition, two_days):
    other = SequenceFactory(edition=edition, title="Autre exposition", slug="autre")
    slots(other, times=[(9, 0), (9, 30)], room=RoomFactory(), format=two_days[0][0].format)
    user = staff("Chef de projet")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[two_days[0][0].sequence])

    found = rows(client_of(user).get(LIST))

    assert [row[0] for row in found] == ["Bureau du futur 3 créneaux", "Bureau du futur 2 créneaux"]


@pytest.mark.parametrize("query", ["", "?slots=each"])
def test_the_list_asks_as_much_with_many_slots_as_with_few(editor, sequence, django_assert_max_num_queries, query):
    slots(sequence)
    editor.get(LIST + query)
    with django_assert_max_num_queries(20) as few:
        editor.get(LIST + query)
    for number in range(1, 5):
        slots(sequence, day=number, times=[(hour, 0) for hour in range(9, 17)])

    with django_assert_max_num_queries(len(few)):
        editor.get(LIST + query)


def test_the_dashboard_shows_the_next_slot_of_each_day(editor, two_days):
    page = html.fromstring(editor.get("/admin/").content.decode())

    shown = [
        link.text_content() for link in page.xpath("//a[contains(@href, '/session/') and contains(@href, '/change/')]")
    ]
    assert [title for title in shown if title.startswith("Visite")] == [
        "Visite de 9 h 00, jour 1",
        "Visite de 14 h 00, jour 2",
    ]
