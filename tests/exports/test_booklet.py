"""Made once per release, kept, served."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection

from exports import booklet
from publishing.programme import sha256, to_json
from publishing.release_files import booklet_path, booklet_size
from tests.exports.documents import item, large_programme, programme
from tests.factories import EditionFactory, ReleaseFactory, UserFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.RELEASE_FILES_ROOT = tmp_path / "releases"
    return settings.RELEASE_FILES_ROOT


@pytest.fixture
def edition():
    return EditionFactory(slug="2018", name="Semaine 2018")


def release_of(edition, document, number=1):
    text = to_json(document)
    return ReleaseFactory(edition=edition, number=number, document=text, sha256=sha256(text))


def names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_the_last_release_of_each_edition_is_printed_in_each_language_french_first(edition, folder):
    release_of(edition, programme())
    last = release_of(edition, programme(item()), number=2)
    current = release_of(EditionFactory(slug="demo", is_current=True), programme(edition="demo"))
    order = [(release.edition.slug, language) for release, language in booklet.missing()]

    made = booklet.make_missing()

    assert order == [("demo", "fr"), ("2018", "fr"), ("demo", "en"), ("2018", "en")]
    assert made == 4
    expected = [booklet_path(release, language).name for release in (last, current) for language in ("fr", "en")]
    assert names(folder) == sorted(expected)
    assert booklet.missing() == []
    assert booklet_path(last, "fr").read_bytes().startswith(PDF)
    assert booklet_size(last, "fr") == booklet_path(last, "fr").stat().st_size


def test_what_is_made_is_not_made_again(edition):
    release = release_of(edition, programme())
    booklet.make_missing()
    before = booklet_path(release, "fr").stat().st_mtime_ns

    assert booklet.make_missing() == 0
    assert booklet_path(release, "fr").stat().st_mtime_ns == before


def test_booklets_of_older_releases_go_once_the_new_ones_are_there(edition, folder):
    old = release_of(edition, programme())
    booklet.make_missing()
    (folder / "bilan.pdf").write_bytes(b"of somebody else")
    new = release_of(edition, programme(item()), number=2)

    booklet.make_missing()

    assert not booklet_path(old, "fr").exists()
    assert booklet_path(new, "fr").exists()
    assert (folder / "bilan.pdf").exists()


def test_going_back_to_an_earlier_document_prints_its_new_number(edition):
    first = release_of(edition, programme())
    release_of(edition, programme(item()), number=2)
    third = release_of(edition, programme(), number=3)

    assert third.sha256 == first.sha256
    assert booklet_path(third, "fr") != booklet_path(first, "fr")


def test_a_release_that_cannot_be_printed_does_not_stop_the_others_and_waits(edition, caplog):
    broken = ReleaseFactory(edition=edition, number=1, document="{", sha256="f" * 64)
    whole = release_of(EditionFactory(slug="demo"), programme(edition="demo"))

    assert booklet.make_missing() == 2
    assert booklet_path(whole, "fr").exists()
    assert booklet_size(broken, "fr") is None
    assert [record.levelname for record in caplog.records if "could not be made" in record.message] == ["ERROR"] * 2

    caplog.clear()
    assert booklet.make_missing() == 0
    assert not [record for record in caplog.records if "could not be made" in record.message]


def test_while_one_process_makes_booklets_another_leaves_it_to_them(edition, folder):
    release_of(edition, programme())

    with booklet._alone() as first:
        assert first is True
        assert booklet.make_missing() == 0

    assert booklet.make_missing() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_each_booklet_once_and_whole(edition, folder):
    release = release_of(edition, programme(item()))
    made = []

    def make():
        made.append(booklet.make_missing())
        connection.close()

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(made) == 2
    assert names(folder) == sorted(booklet_path(release, language).name for language in ("fr", "en"))
    assert booklet_path(release, "fr").read_bytes().rstrip().endswith(b"%%EOF")


KILLED = """
import os, sys
from pathlib import Path
from exports.booklet import write_whole

path = Path(sys.argv[1])
real = os.fsync
def stuck(descriptor):
    real(descriptor)
    print("written", flush=True)
    import time; time.sleep(60)
os.fsync = stuck
write_whole(path, b"%PDF-" + b"x" * 1_000_000)
"""


def test_a_killed_process_leaves_no_half_of_a_booklet_and_the_next_one_tidies(edition, folder):
    """The process dies when all is written but the name: the worst moment."""
    folder.mkdir()
    release = release_of(edition, programme())
    path = booklet_path(release, "fr")
    script = "import django; django.setup()\n" + KILLED
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "innovation_week.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, env=environment, cwd=os.getcwd()
    ) as process:
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)

    assert not path.exists()
    assert booklet_size(release, "fr") is None
    assert len(names(folder)) == 1

    booklet.make_missing()

    assert names(folder) == sorted(booklet_path(release, language).name for language in ("fr", "en"))


# --- Served -----------------------------------------------------------------------------------------------------


def etag(client, path):
    response = client.get(path)
    b"".join(response.streaming_content)  # which closes the file
    return response["ETag"]


def test_the_booklet_is_served_as_it_was_kept(client, edition):
    release = release_of(edition, programme(item()))
    booklet.make_missing()

    response = client.get("/2018/programme.pdf")

    content = booklet_path(release, "fr").read_bytes()
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(content))
    assert response["Content-Disposition"] == 'inline; filename="programme-2018.pdf"'
    assert response["Cache-Control"] == "public, no-cache"


def test_the_english_booklet_has_its_own_address_and_name(client, edition):
    release_of(edition, programme(item()))
    booklet.make_missing()

    response = client.get("/en/2018/programme.pdf")

    assert response["Content-Disposition"] == 'inline; filename="programme-2018-en.pdf"'
    b"".join(response.streaming_content)
    assert response["ETag"] != etag(client, "/2018/programme.pdf")


def test_who_has_the_booklet_already_gets_304_in_one_query(client, edition, django_assert_num_queries):
    release_of(edition, programme(item()))
    booklet.make_missing()
    kept = etag(client, "/2018/programme.pdf")

    with django_assert_num_queries(1):
        response = client.get("/2018/programme.pdf", headers={"If-None-Match": kept})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", kept)


def test_until_it_is_made_a_page_says_so_and_nothing_is_made_in_the_request(client, edition, folder, caplog):
    release_of(edition, large_programme(30))

    started = time.monotonic()
    response = client.get("/2018/programme.pdf")

    assert time.monotonic() - started < 2
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert response["Cache-Control"] == "no-store"
    text = response.content.decode()
    assert "Le PDF est en cours de préparation" in text
    assert 'href="/2018/programme/"' in text
    assert "export_pdf" not in text
    assert not folder.exists()
    assert [record.levelname for record in caplog.records if record.name == "django.request"] == ["INFO"]


def test_staff_are_told_what_to_do_when_it_never_comes(client, edition):
    release_of(edition, programme())
    client.force_login(UserFactory())

    text = client.get("/2018/programme.pdf").content.decode()

    assert "manage.py export_pdf 2018 -o programme.pdf" in text


def test_an_edition_without_a_release_has_no_booklet(client, edition):
    assert client.get("/2018/programme.pdf").status_code == 404
