import io
import math

import pikepdf
import pytest
from django.core.management import CommandError, call_command

from publishing.programme import sha256, to_json
from tests.exports.documents import item, programme
from tests.factories import EditionFactory, ReleaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    edition = EditionFactory(slug="2018", name="Semaine 2018")
    document = to_json(programme(item()))
    ReleaseFactory(edition=edition, number=3, document=document, sha256=sha256(document))
    return edition


def export(*arguments):
    screen, progress = io.StringIO(), io.StringIO()
    call_command("export_pdf", *arguments, stdout=screen, stderr=progress, no_color=True)
    return screen.getvalue(), progress.getvalue()


def test_export_writes_the_last_release_and_tells_how_far_it_is(edition, tmp_path):
    file = tmp_path / "programme.pdf"

    screen, progress = export("2018", "-o", str(file), "--language", "en")

    assert str(pikepdf.open(file).Root.Lang) == "en"
    assert progress.splitlines() == [
        "Arranging the programme: 1 session",
        "Laying out the pages",
        "Writing the file: 6 pages",
    ]
    assert screen == f"Semaine 2018 n° 3 is in {file} ({math.ceil(file.stat().st_size / 1000)} kB).\n"
    assert [path.name for path in tmp_path.iterdir()] == ["programme.pdf"]


def test_export_replaces_an_older_file(edition, tmp_path):
    file = tmp_path / "programme.pdf"
    file.write_bytes(b"old")

    export("2018", "-o", str(file))

    assert file.read_bytes().startswith(b"%PDF-")


def refused(*arguments):
    with pytest.raises(CommandError) as caught:
        export(*arguments, "--language", "en")
    return str(caught.value)


def test_an_unknown_edition_is_answered_with_those_that_exist(edition, tmp_path):
    EditionFactory(slug="demo", starts_on="2017-01-02", ends_on="2017-01-08")

    message = refused("2019", "-o", str(tmp_path / "x.pdf"))

    assert message == "There is no edition at the address “2019”. Those that exist: 2018, demo."


def test_an_edition_without_release_says_to_publish_first(tmp_path):
    EditionFactory(slug="vide", name="Semaine vide")

    message = refused("vide", "-o", str(tmp_path / "x.pdf"))

    assert message == "“Semaine vide” has no release yet: publish it first (manage.py publish vide)."


def test_a_file_that_cannot_be_written_is_refused_before_the_work(edition, tmp_path):
    (tmp_path / "a-file").write_bytes(b"")

    assert refused("2018", "-o", str(tmp_path)) == f"{tmp_path} is a folder: name a file in it."
    missing = tmp_path / "absent"
    assert refused("2018", "-o", str(missing / "x.pdf")) == f"There is no folder {missing}: make it first."
    inside = tmp_path / "a-file" / "x.pdf"
    assert refused("2018", "-o", str(inside)) == f"There is no folder {inside.parent}: make it first."


def test_a_failure_leaves_the_older_file_and_nothing_else(edition, tmp_path, settings):
    file = tmp_path / "programme.pdf"
    file.write_bytes(b"old")
    document = "{"
    ReleaseFactory(edition=edition, number=4, document=document, sha256=sha256(document))

    with pytest.raises(ValueError, match="Expecting"):
        export("2018", "-o", str(file))

    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["programme.pdf"]
