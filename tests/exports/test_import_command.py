from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from exports.schedule_import.xml import MAX_BYTES
from sessions.models import Edition, Session
from speakers.models import Speaker
from tests.exports.schedules import event, schedule
from venues.models import Room

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def run(file, *options: str) -> str:
    out = StringIO()
    call_command("import_schedule", str(file), "--edition", "journees", *options, stdout=out)
    return out.getvalue()


def test_the_report_counts_and_says_what_comes_next(tmp_path):
    file = tmp_path / "schedule.xml"
    file.write_bytes(schedule(event()))

    first, again = run(file), run(file)

    assert "schedule.xml → journees (Journées)" in first
    assert "Sessions                              1              0              0" in first
    assert "The edition “journees” is new: its days are those of the file, 2026-11-23 to 2026-11-23." in first
    assert "manage.py publish journees --note …" in first
    assert "Nothing to do: the edition already says what the file says." in again


def test_a_rehearsal_says_so(tmp_path):
    file = tmp_path / "schedule.xml"
    file.write_bytes(schedule(event()))

    assert "This was a rehearsal: nothing was written." in run(file, "--dry-run")
    assert not Edition.objects.exists()


def test_a_refusal_names_the_file_the_line_and_what_to_do(tmp_path):
    file = tmp_path / "schedule.xml"
    file.write_bytes(schedule(event("1"), event("2", title="Autre", duration="-00:30")))

    with pytest.raises(CommandError) as caught:
        run(file)

    assert str(caught.value) == (
        f"{file} cannot be imported. Nothing was written.\n"
        "- line 5: “Autre” ends before it has begun: correct its duration or its end."
    )
    assert not Session.objects.exists()


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    for path in (tmp_path / "missing.xml", tmp_path):
        with pytest.raises(CommandError, match="The file cannot be read"):
            run(path)


def test_a_file_too_heavy_is_refused(tmp_path):
    file = tmp_path / "heavy.xml"
    file.write_bytes(b" " * (MAX_BYTES + 2))

    with pytest.raises(CommandError, match="more than 10 MB"):
        run(file)


def test_an_unknown_time_zone_of_the_command_is_refused(tmp_path):
    with pytest.raises(CommandError, match="“Mars” is not a time zone"):
        run(tmp_path / "schedule.xml", "--time-zone", "Mars")


def test_the_programme_of_fosdem_imports_publishes_and_imports_again_unchanged(data_folder):
    fosdem = data_folder / "fosdem-2019-schedule.xml"
    options = ("--time-zone", "Europe/Brussels", "--language", "en")

    run(fosdem, *options)
    call_command("publish", "journees", "--note", "Programme importé.", stdout=StringIO())
    again = run(fosdem, *options)

    assert (Session.objects.count(), Speaker.objects.count(), Room.objects.count()) == (775, 729, 33)
    assert "Nothing to do" in again
    assert Session.history.count() == 775
    programme = Edition.objects.get().releases.get().programme()
    assert (len(programme.items), len(programme.people), len(programme.days)) == (775, 729, 2)
    assert programme.items[0].title == "Welcome to FOSDEM 2019"
