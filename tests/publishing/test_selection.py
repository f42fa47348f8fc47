"""A release of chosen sessions: the last one with those replaced, coherent whatever is chosen."""

import dataclasses as dc
import random
import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections
from django.utils import timezone

from publishing.build import build
from publishing.current import released
from publishing.models import Release
from publishing.programme import Programme, from_json, to_json
from publishing.publish import draft, publish, unpublished, without_blocked
from publishing.selection import compose
from sessions.models import Sequence, Session
from speakers.models import Candidacy, Speaker
from tests.factories import (
    AudienceFactory,
    CandidacyFactory,
    EditionFactory,
    FormatFactory,
    RoleFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    SpeakerFactory,
    VenueFactory,
    at,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return EditionFactory()


def change(session: Session, **values: object) -> None:
    for name, value in values.items():
        setattr(session, name, value)
    session.save()


def titles(edition) -> set[str]:
    return {item.title for item in released(edition.slug).programme.items}


def test_a_typo_is_published_alone_while_thirty_drafts_wait(edition):
    typo, *others = SessionFactory.create_batch(31, edition=edition)
    for session in (typo, *others):
        CandidacyFactory(session=session)
    first = publish(edition, note="Ouverture").programme()
    for session in others:
        change(session, title=f"Brouillon {session.code}", starts_at=at(14), ends_at=at(15))
    Speaker.objects.filter(candidacies__session__in=others).update(biography="Au brouillon.")
    change(typo, title="Sans faute")

    second = publish(edition, note="Une coquille", only=[typo.code]).programme()

    assert second.item_by_code[typo.code].title == "Sans faute"
    assert second.item_by_code[typo.code].revision == 1
    for session in others:
        assert second.item_by_code[session.code] == first.item_by_code[session.code]
    assert (second.people, second.places, second.threads) == (first.people, first.places, first.threads)
    assert len(list(unpublished(edition))) == 30


def test_a_chosen_session_brings_what_it_needs_and_nothing_else(edition):
    chosen, other = SessionFactory.create_batch(2, edition=edition)
    publish(edition, note="Ouverture")
    kind, sequence = FormatFactory(name="Procès"), SequenceFactory(edition=edition, title="Tribunal")
    audience, room = AudienceFactory(name="Agents"), RoomFactory(name="Condorcet")
    change(chosen, format=kind, sequence=sequence, room=room)
    chosen.audiences.set([audience])
    speaker = CandidacyFactory(session=chosen).speaker
    change(other, room=RoomFactory(name="Au brouillon"), format=FormatFactory(name="Au brouillon"))
    edition.tagline = "Au brouillon"
    edition.save()

    second = publish(edition, note="Le procès", only=[chosen.code]).programme()

    assert [person.name for person in second.people] == [speaker.name]
    assert second.formats[kind.slug] == "Procès"
    assert second.audiences == {audience.slug: "Agents"}
    assert second.thread_by_slug[sequence.slug].title == "Tribunal"
    assert second.room_of(second.item_by_code[chosen.code].slot).name == "Condorcet"
    assert "brouillon" not in to_json(second)


def test_the_page_of_a_person_is_one_thing_brought_up_to_date_by_any_of_their_sessions(edition):
    chosen, other = SessionFactory.create_batch(2, edition=edition)
    speaker = SpeakerFactory(function="Préfet")
    CandidacyFactory(session=chosen, speaker=speaker)
    change(other, starts_at=at(14), ends_at=at(15))
    CandidacyFactory(session=other, speaker=speaker)
    first = publish(edition, note="Ouverture").programme()
    speaker.function = "Préfète"
    speaker.save()

    second = publish(edition, note="Une fonction", only=[chosen.code]).programme()

    assert [person.function for person in second.people] == ["Préfète"]
    assert second.item_by_code == first.item_by_code


def test_a_room_is_brought_alone_of_its_venue(edition):
    venue = VenueFactory(name="Musée")
    here, there = RoomFactory(venue=venue, name="Une"), RoomFactory(venue=venue, name="Deux")
    chosen, _other = SessionFactory(edition=edition, room=here), SessionFactory(edition=edition, room=there)
    publish(edition, note="Ouverture")
    for room in (here, there):
        room.name += " (renommée)"
        room.save()

    second = publish(edition, note="Une salle", only=[chosen.code]).programme()

    assert sorted(room.name for room in second.places[0].rooms) == ["Deux", "Une (renommée)"]


@pytest.mark.parametrize("status", [Session.Status.ARCHIVED, Session.Status.DESIGN])
def test_choosing_a_session_that_is_no_longer_public_takes_it_out(edition, status):
    gone, kept = SessionFactory.create_batch(2, edition=edition)
    publish(edition, note="Ouverture")
    change(gone, status=status)
    change(kept, title="Au brouillon")

    second = publish(edition, note="Une de moins", only=[gone.code]).programme()

    assert second.items == (from_json(Release.objects.get(number=1).document).item_by_code[kept.code],)
    assert len(second.places) == 1


def test_a_session_that_was_never_ready_is_named_and_refused(edition):
    SessionFactory(edition=edition)
    idea = SessionFactory(edition=edition, status=Session.Status.IDEA)

    with pytest.raises(ValidationError, match=idea.code) as caught:
        publish(edition, note="Trop tôt", only=[idea.code])

    assert caught.value.code == "unknown"


def test_a_code_of_another_edition_chooses_nothing(edition):
    SessionFactory(edition=edition)
    publish(edition, note="Ouverture")
    stranger = SessionFactory()

    with pytest.raises(ValidationError):
        publish(edition, note="Ailleurs", only=[stranger.code])

    assert Release.objects.count() == 1


def test_the_first_release_may_hold_chosen_sessions_only(edition):
    chosen, _other = SessionFactory(edition=edition, title="Prête"), SessionFactory(edition=edition)

    publish(edition, note="Une annonce", only=[chosen.code])

    assert titles(edition) == {"Prête"}


# --- conflicts --------------------------------------------------------------------------------------------------


def test_conflicts_of_others_do_not_stop_a_chosen_session(edition):
    chosen, blocked = SessionFactory.create_batch(2, edition=edition)
    RoleFactory(format=blocked.format, required=1)

    publish(edition, note="Une seule", only=[chosen.code])

    assert len(released(edition.slug).programme.items) == 1


def test_a_chosen_session_conflicts_with_another_as_the_public_knows_it(edition):
    room = RoomFactory()
    chosen = SessionFactory(edition=edition, title="Choisie", room=room, starts_at=at(14), ends_at=at(15))
    other = SessionFactory(edition=edition, title="Affichée", room=room, starts_at=at(10), ends_at=at(11))
    publish(edition, note="Ouverture")
    # In the draft they have changed places; the public still reads the other one at ten.
    change(chosen, starts_at=at(10), ends_at=at(11))
    change(other, title="Au brouillon", starts_at=at(14), ends_at=at(15))

    assert not draft(edition).blocks
    with pytest.raises(ValidationError) as caught:
        publish(edition, note="La choisie", only=[chosen.code])

    [message] = caught.value.messages
    assert "Affichée" in message
    assert "brouillon" not in message
    assert draft(edition, only=[chosen.code]).blocks[0].sessions == (other, chosen)


def test_a_person_expected_elsewhere_as_published_stops_a_chosen_session(edition):
    speaker = SpeakerFactory()
    chosen, other = SessionFactory.create_batch(2, edition=edition)
    CandidacyFactory(session=other, speaker=speaker)
    publish(edition, note="Ouverture")
    Candidacy.objects.filter(session=other).update(stage=Candidacy.Stage.WITHDRAWN)
    CandidacyFactory(session=chosen, speaker=speaker)

    assert [block.code for block in draft(edition, only=[chosen.code]).blocks] == ["same_person"]
    assert draft(edition).blocks == ()


def test_a_blocked_session_is_left_out_and_a_published_one_kept_as_it_was(edition):
    sound, kept = SessionFactory(edition=edition), SessionFactory(edition=edition, title="Affichée")
    publish(edition, note="Ouverture")
    new = SessionFactory(edition=edition, title="Nouvelle")
    for session in (kept, new):
        RoleFactory(format=session.format, required=1)
    change(kept, title="Au brouillon")
    change(sound, title="Saine")

    release = publish(edition, note="Le reste", leave_out=[kept.code, new.code])

    assert titles(edition) == {"Saine", "Affichée"}
    assert (release.only, release.exceptions) == (None, [])


def test_leaving_out_every_blocked_session_settles_what_that_brings_about(edition):
    first_room, second_room = RoomFactory(), RoomFactory()
    blocked = SessionFactory(edition=edition, title="Bloquée", room=first_room)
    mover = SessionFactory(edition=edition, title="Suivante", room=second_room)
    publish(edition, note="Ouverture")
    RoleFactory(format=blocked.format, required=1)
    change(blocked, room=RoomFactory())
    change(mover, room=first_room)  # free in the draft, taken as long as the blocked one stays where it was
    sound = SessionFactory(edition=edition)

    proposed, left = without_blocked(draft(edition))

    assert left == {blocked.code, mover.code}
    assert proposed.changes.codes == {sound.code}


def test_forcing_asks_for_a_right_and_a_reason_and_keeps_them(edition, staff):
    session = SessionFactory(edition=edition)
    RoleFactory(format=session.format, name="pionnier", required=1)
    lead, editor = staff("Chef de projet"), staff("Éditorial")
    force = {"note": "Ouverture", "force": [session.code]}

    with pytest.raises(PermissionDenied):
        publish(edition, user=editor, reason="Confirmée au téléphone", **force)
    with pytest.raises(ValidationError) as caught:
        publish(edition, user=lead, reason=" ", **force)
    release = publish(edition, user=lead, reason="Confirmée au téléphone", **force)

    assert caught.value.code == "reason"
    assert release.reason == "Confirmée au téléphone"
    [exception] = release.exceptions
    assert (exception["code"], exception["sessions"]) == ("role_unfilled", [session.code])
    assert "téléphone" not in release.document


def test_forcing_one_session_forces_no_other(edition, superuser):
    one, other = SessionFactory.create_batch(2, edition=edition)
    for session in (one, other):
        RoleFactory(format=session.format, required=1)

    with pytest.raises(ValidationError) as caught:
        publish(edition, note="Ouverture", user=superuser, force=[one.code], reason="Accord verbal")

    assert [other.title in message for message in caught.value.messages] == [True]


def test_what_was_forced_once_does_not_stop_the_next_release(edition, superuser):
    forced, other = SessionFactory.create_batch(2, edition=edition)
    RoleFactory(format=forced.format, required=1)
    publish(edition, note="Ouverture", user=superuser, force=[forced.code], reason="Accord verbal")
    change(other, title="Une autre")

    proposed = draft(edition)
    publish(edition, note="Une autre")

    assert proposed.blocks == ()
    assert [warning.code for warning in proposed.warnings] == ["role_unfilled"]


def test_of_two_in_one_room_only_the_one_that_changed_waits(edition):
    still, moved = SessionFactory.create_batch(2, edition=edition)
    publish(edition, note="Ouverture")
    change(moved, room=still.room)

    assert without_blocked(draft(edition))[1] == {moved.code}


def test_a_reason_without_a_conflict_leaves_no_trace(edition, superuser):
    session = SessionFactory(edition=edition)

    release = publish(edition, note="Ouverture", user=superuser, force=[session.code], reason="Au cas où")

    assert (release.exceptions, release.reason) == ([], "")


# --- faults of the edition ---------------------------------------------------------------------------------------


def test_an_edition_without_a_session_is_not_published(edition):
    with pytest.raises(ValidationError) as caught:
        publish(edition, note="Rien")

    assert [error.code for error in caught.value.error_list] == ["empty"]


def test_wrong_dates_of_the_edition_stop_everything_even_by_force(edition, superuser):
    sessions = SessionFactory.create_batch(2, edition=edition, starts_at=at(10, day=30), ends_at=at(11, day=30))

    force = [session.code for session in sessions]

    with pytest.raises(ValidationError) as caught:
        publish(edition, note="Ouverture", user=superuser, force=force, reason="Tant pis")

    assert [error.code for error in caught.value.error_list] == ["days"]


# --- whatever is chosen ------------------------------------------------------------------------------------------


def assert_coherent(programme: Programme) -> None:
    """Whatever an item points to is there, once, and is used."""
    people = [person.code for person in programme.people]
    rooms = {(place.slug, room.slug) for place in programme.places for room in place.rooms}
    assert set(people) == {part.person for item in programme.items for part in item.parts}
    assert len(people) == len(set(people))
    assert rooms == {(item.slot.place, item.slot.room) for item in programme.items if item.slot.room}
    assert {item.thread for item in programme.items} <= set(programme.thread_by_slug)
    assert {item.format for item in programme.items} == set(programme.formats)
    assert {slug for item in programme.items for slug in item.audiences} == set(programme.audiences)
    assert len(programme.threads) == len(programme.thread_by_slug)
    assert from_json(to_json(programme)) == programme


def stir(chance: random.Random, edition) -> None:
    """Change something of many sessions, and of what they share."""
    kinds = {session.format for session in edition.sessions.select_related("format")}
    rooms, speakers = [RoomFactory(venue=VenueFactory()), RoomFactory()], list(Speaker.objects.all())
    for session in edition.sessions.all():
        edit = chance.choice(["title", "room", "cast", "format", "sequence", "status", "audience", "nothing"])
        if edit == "room":
            session.room = chance.choice([*rooms, None])
        elif edit == "cast":
            Candidacy.objects.filter(session=session).update(stage=Candidacy.Stage.WITHDRAWN)
            CandidacyFactory(session=session, speaker=chance.choice([*speakers, SpeakerFactory()]))
        elif edit == "format":
            session.format = chance.choice([*kinds, FormatFactory()])
        elif edit == "sequence":
            session.sequence = chance.choice([*edition.sequences.all(), SequenceFactory(edition=edition)])
        elif edit == "status":
            session.status = chance.choice(Session.Status.values)
        elif edit == "audience":
            session.audiences.add(AudienceFactory())
        session.title += "."
        session.save()
    for row in [*chance.sample(speakers, k=min(2, len(speakers))), *rooms]:
        row.name += "."
        row.save()
    for sequence in Sequence.objects.filter(edition=edition)[:2]:
        sequence.title += "."
        sequence.save()


@pytest.mark.parametrize("seed", range(6))
def test_any_selection_is_coherent_and_leaves_the_others_to_the_byte(edition, seed):
    chance = random.Random(seed)
    venue, speakers = VenueFactory(), SpeakerFactory.create_batch(4)
    for number in range(10):
        room = RoomFactory(venue=venue) if number % 2 else RoomFactory()
        session = SessionFactory(edition=edition, room=room, audiences=[AudienceFactory()])
        for speaker in chance.sample(speakers, k=chance.randrange(3)):
            CandidacyFactory(session=session, speaker=speaker)
    moment = timezone.now().replace(microsecond=0)  # documents tell seconds
    last = build(edition, at=moment)
    Session.objects.update(published_since=timezone.now())
    stir(chance, edition)
    SessionFactory.create_batch(3, edition=edition)
    now = build(edition, at=moment)
    codes = sorted({*last.item_by_code, *now.item_by_code})

    for _try in range(40):
        chosen = set(chance.sample(codes, k=chance.randrange(len(codes) + 1)))
        for around in (True, False):
            found = compose(last, now, chosen, around=around)
            assert_coherent(found)
            for code in codes:
                source = now if code in chosen else last
                assert found.item_by_code.get(code) == source.item_by_code.get(code)
    assert compose(last, now, codes, around=True) == now
    nothing = compose(last, now, [], around=False)
    assert dc.asdict(nothing) == dc.asdict(last)


@pytest.mark.django_db(transaction=True)
def test_two_people_each_publish_their_own_session_at_once_and_neither_is_lost():
    edition = EditionFactory()
    sessions = SessionFactory.create_batch(2, edition=edition)
    publish(edition, note="Ouverture")
    for session in sessions:
        change(session, title=f"De {session.code}")
    outcomes: list[int] = []
    start = threading.Barrier(2)

    def go(code: str) -> None:
        start.wait()
        try:
            outcomes.append(publish(edition, note="La mienne", only=[code]).number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=[session.code]) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [2, 3]
    assert titles(edition) == {f"De {session.code}" for session in sessions}


def test_what_is_unpublished_of_some_sessions_is_what_is_unpublished_of_all(edition):
    sessions = SessionFactory.create_batch(5, edition=edition)
    publish(edition, note="Ouverture", only=[session.code for session in sessions[:4]])
    change(sessions[0], title="Autre")
    change(sessions[1], status=Session.Status.DESIGN)
    change(sessions[2], room=RoomFactory())
    asked = Session.objects.filter(pk__in=[session.pk for session in sessions[1:]])

    assert unpublished(edition, only=asked).codes == unpublished(edition).codes - {sessions[0].code}
    assert sessions[0].code in unpublished(edition).codes
    assert unpublished(edition, only=[]).codes == frozenset()
