import errno
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from exports.management.commands.import_schedule import unreadable
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


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.xml", "There is no such file: check its name and its folder."),
        ("file.xml/missing.xml", "There is no such file: check its name and its folder."),
        ("", "This is a folder: name the schedule.xml that is in it."),
        ("a" * 300, f"The machine cannot read it (error {errno.ENAMETOOLONG}): copy it to another place."),
    ],
)
def test_a_file_that_the_machine_cannot_read_is_told(tmp_path, name, reason):
    (tmp_path / "file.xml").touch()

    with pytest.raises(CommandError) as caught:
        run(tmp_path / name)

    assert str(caught.value).splitlines()[1:] == [f"- {reason}"]


def test_a_file_that_one_may_not_read_is_told():
    error = PermissionError(errno.EACCES, "Permission denied")  # no file is unreadable when the tests run as root

    assert unreadable(error).messages == ["You have no right to read it: ask who put it there."]


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
    options = ("--time-zone", "Europe/Brussels")

    run(fosdem, *options)
    call_command("publish", "journees", "--note", "Programme importé.", stdout=StringIO())
    again = run(fosdem, *options)

    assert (Session.objects.count(), Speaker.objects.count(), Room.objects.count()) == (775, 729, 33)
    assert "Nothing to do" in again
    assert Session.history.count() == 775
    programme = Edition.objects.get().releases.get().programme()
    assert (len(programme.items), len(programme.people), len(programme.days)) == (775, 729, 2)
    assert programme.items[0].title == "Welcome to FOSDEM 2019"
    assert {item.language for item in programme.items} == {"en"}  # 754 by their words, 21 by those of the others
