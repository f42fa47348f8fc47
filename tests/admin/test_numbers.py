"""Numbers over a thousand are written as the language has them; the keys in addresses and forms stay keys."""

import re

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.formats import localize

from innovation_week.back_office.charts import bars
from innovation_week.back_office.dashboard_charts import filling
from publishing.publish import publish
from registrations.models import Registration
from sessions.models import Session
from tests.admin.test_every_page import every_address
from tests.factories import EditionFactory, RegistrationFactory, SessionFactory

SPACE = "\u202f"
# The attributes that a person reads or hears, where a number is written as in a sentence.
READ_BY_PEOPLE = {"title", "aria-label", "data-label", "alt", "placeholder"}


def test_numbers_have_a_space_in_french():
    assert localize(1156) == f"1{SPACE}156"
    assert f"limité\u00a0: 1{SPACE}200, dont" in filling([1200, 0, 0, 0, 0]).sentence
    assert f">1{SPACE}000</text>" in bars([("toutes", 2000)])


def test_the_list_of_registrations_counts_with_a_space(project_lead, db):
    session = SessionFactory(edition=EditionFactory(is_current=True))
    Registration.objects.bulk_create(RegistrationFactory.build_batch(1200, session=session))

    page = project_lead.get(reverse("admin:registrations_registration_changelist")).text

    assert f"1{SPACE}200" in page
    assert ">1200" not in page


@pytest.mark.sqlite
def test_keys_over_a_thousand_stay_keys_on_every_page(superuser_client, populate):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, 5000)", [table])
    edition = populate(2)
    session = SessionFactory(edition=edition)
    publish(edition, note="Ouverture", only=[session.code])
    session.title = "Autre titre"
    session.save()
    assert session.pk > 5000

    responses = {address: superuser_client.get(address) for address in [*every_address(), *acts(session)]}

    assert {address: page.status_code for address, page in responses.items() if page.status_code != 200} == {}
    found = {address: broken(page.text) for address, page in responses.items()}
    assert {address: attributes for address, attributes in found.items() if attributes} == {}


def acts(session: Session) -> list[str]:
    """The pages about it that no model has by itself."""
    own = ["publish", "cancel", "postpone", "revert", "archive", "door"]
    version = session.history.earliest().pk
    return [
        *(reverse(f"admin:programme_session_{name}", args=[session.pk]) for name in own),
        reverse("admin:programme_session_restore", args=[session.pk, version]),
        f"{reverse('admin:programme_session_duplicate')}?ids={session.pk}",
        reverse("admin:planning_task_copy"),
        reverse("admin:programme_session_lists"),
    ]


def broken(page: str) -> list[str]:
    attributes = re.findall(r'([\w-]+)="([^"]*\d(?:\u202f|&nbsp;|\xa0)\d{3}[^"]*)"', page)
    return [f"{name}={value}" for name, value in attributes if name not in READ_BY_PEOPLE]
