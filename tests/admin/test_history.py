"""What the history of an object tells: whole words, on the clock of the edition, and nothing that did not change."""

import datetime as dt

from django.urls import reverse

from tests.admin.change_forms import opened
from tests.factories import SessionFactory

LONG = "Une phrase qui ne change pas. " * 12


def history(client, session) -> str:
    page = client.get(reverse("admin:programme_session_history", args=[session.pk])).content.decode()
    return page.replace("\u202f", " ").replace("\xa0", " ")


def test_times_are_told_on_the_clock_of_the_edition(superuser_client):
    session = SessionFactory()
    session.starts_at = dt.datetime(2026, 12, 15, 11, tzinfo=dt.UTC)
    session.ends_at = dt.datetime(2026, 12, 15, 13, tzinfo=dt.UTC)
    session.save()

    page = history(superuser_client, session)

    assert "15/12/2026 12:00" in page
    assert "+00:00" not in page


def test_a_long_text_is_told_from_where_it_differs(superuser_client):
    session = SessionFactory(text=LONG + "La faute.")
    session.text = LONG + "La phrase juste."
    session.save()

    page = history(superuser_client, session)

    assert "La faute." in page
    assert "La phrase juste." in page
    assert "chars]" not in page


def test_the_line_ends_of_a_browser_are_no_change(superuser_client):
    session = SessionFactory(course="Un.\n\nDeux.")
    address = reverse("admin:programme_session_change", args=[session.pk])
    sent = opened(superuser_client, address)

    superuser_client.post(address, sent | {"course": "Un.\r\n\r\nDeux.", "title": "Un autre titre"})

    session.refresh_from_db()
    assert (session.title, session.course) == ("Un autre titre", "Un.\n\nDeux.")
    newest, before = session.history.all()[:2]
    assert newest.diff_against(before).changed_fields == ["title"]
