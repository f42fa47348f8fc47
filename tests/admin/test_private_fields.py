"""Addresses and notes on people stay with those who work on them, whichever way one asks."""

import pytest
from django.urls import reverse

from speakers.models import Candidacy
from tests.factories import CandidacyFactory, EditionFactory, SpeakerFactory

SPEAKERS, CANDIDACIES = "admin:speakers_speaker_changelist", "admin:speakers_candidacy_changelist"


@pytest.mark.parametrize("query", ["email__startswith=camille", "email__contains=@", "email=camille%40example.org"])
def test_who_may_not_read_an_address_cannot_guess_it_by_filtering(reader, logistician, query):
    SpeakerFactory(email="camille@example.org")

    for client in (reader, logistician):
        assert client.get(f"{reverse(SPEAKERS)}?{query}").status_code == 400


def test_who_may_not_read_a_note_cannot_guess_it_by_filtering(reader, editor):
    CandidacyFactory(note="Trop cher")

    for client in (reader, editor):
        assert client.get(f"{reverse(CANDIDACIES)}?note__startswith=Trop").status_code == 400


def test_the_filters_of_the_lists_still_answer(reader, recruiter):
    edition = EditionFactory(is_current=True)
    candidacy = CandidacyFactory(session__edition=edition, speaker__email="camille@example.org")

    assert reader.get(f"{reverse(CANDIDACIES)}?stage__exact={candidacy.stage}").status_code == 200
    assert recruiter.get(f"{reverse(SPEAKERS)}?email__startswith=camille").status_code == 200


def test_the_history_of_a_session_tells_candidacies_to_who_may_see_them_only(receptionist, reader):
    candidacy = CandidacyFactory(speaker__name="Claude Pressentie", stage=Candidacy.Stage.DECLINED)
    page = reverse("admin:programme_session_history", args=[candidacy.session_id])

    assert "Claude Pressentie" in reader.get(page).content.decode()
    assert "Claude Pressentie" not in receptionist.get(page).content.decode()
