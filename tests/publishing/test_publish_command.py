from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from publishing.models import Release
from tests.factories import EditionFactory, RoleFactory, SessionFactory, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def publish(slug: str, *options: str, note: str = "Ouverture.", told: StringIO | None = None) -> str:
    out = StringIO()
    call_command("publish", slug, "--note", note, *options, stdout=out, stderr=told or StringIO())
    return out.getvalue()


def test_the_command_publishes_the_next_release():
    edition = EditionFactory(slug="2018", name="La semaine")
    SessionFactory(edition=edition)

    assert publish("2018") == "La semaine: release 1 is published.\n"
    assert [(release.number, release.note, release.created_by) for release in edition.releases.all()] == [
        (1, "Ouverture.", None)
    ]


def test_what_stops_a_release_is_listed_and_nothing_is_published():
    edition = EditionFactory(slug="2018", name="La semaine")
    session = SessionFactory(edition=edition, title="Procès")
    RoleFactory(format=session.format, name="président", required=1)
    SessionFactory(edition=edition, title="Ailleurs", starts_at=at(10, day=30), ends_at=at(11, day=30))

    with pytest.raises(CommandError) as caught:
        publish("2018")

    lines = str(caught.value).splitlines()
    assert lines[0] == "La semaine is not published: 2 things to settle first."
    assert [line[:2] for line in lines[1:]] == ["- ", "- "]
    assert any("“Procès” lacks 1 person in the role “président”." in line for line in lines)
    assert not Release.objects.exists()


def test_an_unknown_edition_names_those_there_are():
    EditionFactory(slug="2018")

    with pytest.raises(CommandError, match=r"There is no edition “2081”\. Editions: 2018\."):
        publish("2081")


def test_chosen_sessions_are_published_alone():
    edition = EditionFactory(slug="2018")
    chosen, other = SessionFactory.create_batch(2, edition=edition)

    publish("2018", "--only", chosen.code)

    assert list(edition.releases.get().programme().item_by_code) == [chosen.code]
    assert edition.releases.get().only == [chosen.code]
    with pytest.raises(CommandError, match="ABCDEF"):
        publish("2018", "--only", "ABCDEF", other.code)


def test_blocked_sessions_stop_their_own_release_or_are_left_and_named():
    edition = EditionFactory(slug="2018")
    sound, blocked = SessionFactory(edition=edition), SessionFactory(edition=edition, title="Procès")
    RoleFactory(format=blocked.format, required=1)
    told = StringIO()

    with pytest.raises(CommandError, match="Procès"):
        publish("2018")
    publish("2018", "--leave-blocked", told=told)

    assert told.getvalue() == f"Left as the public knows it: Procès ({blocked.code}).\n"
    assert list(edition.releases.get().programme().item_by_code) == [sound.code]
