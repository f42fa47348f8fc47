"""The process that lays out: what it tells, and how its end or ours is taken."""

import os
import signal
import subprocess
import sys
import tempfile

import psutil
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from exports import booklet
from exports.booklet_pdf import booklet_html
from exports.layout import TYPESET, TypesettingError, typeset
from exports.management.commands.export_pdf import Command
from publishing.programme import sha256, to_json
from publishing.release_files import booklet_path
from tests.exports.documents import large_programme
from tests.exports.test_booklet_pages import BEFORE
from tests.factories import EditionFactory, ReleaseFactory

PROMPTLY = 20  # seconds on a busy machine


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Where files for a while would be, were they given names."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.fixture
def source():
    """Twenty-one pages."""
    return booklet_html(large_programme(30, people=3), BEFORE)


def typesetters(of=None):
    return [child for child in psutil.Process(of).children() if TYPESET[-1] in child.cmdline()]


def kill_at_page_10(message):
    if message == "Page 10":
        for child in typesetters():
            child.kill()


def test_it_lays_out_tells_one_page_in_ten_and_leaves_the_site_its_turn(source):
    told, nice = [], []

    def tell(message):
        told.append(message)
        nice.extend(child.nice() for child in typesetters())

    content = typeset(source, tell)

    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert told == ["Page 10", "Page 20", "Writing the file: 21 pages"]
    assert nice[0] > psutil.Process().nice()


def test_it_needs_nothing_of_django():
    code = "import sys, exports.typeset; print([name for name in sys.modules if name.startswith('django')])"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True)

    assert done.stdout == "[]\n"


def test_html_that_is_none_still_makes_a_page():
    assert typeset("<p>never <b>closed \x0b<h1 </div>", [].append).startswith(b"%PDF-")


def test_a_killed_layout_is_told_as_such(source):
    with pytest.raises(TypesettingError) as caught:
        typeset(source, kill_at_page_10)

    assert str(caught.value).splitlines()[0] == "The layout of the pages was killed (SIGKILL): is memory short?"


def test_a_layout_that_fails_says_why(source):
    """A style sheet that is missing: the booklet would be printed bare."""
    with pytest.raises(TypesettingError) as caught:
        typeset(source.replace("css/booklet.css", "css/none.css"), [].append)

    first, *words = str(caught.value).splitlines()
    assert first == "The layout of the pages failed (exit code 1):"
    assert words[-1].endswith("There is no static file css/none.css")


def test_who_stops_listening_stops_the_layout(source):
    def interrupt(message):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        typeset(source, interrupt)

    assert typesetters() == []


PARENT = """
import django
django.setup()
from pathlib import Path
import sys
from exports.layout import typeset
typeset(Path(sys.argv[1]).read_text(), lambda message: print(message, flush=True))
"""


def test_a_killed_parent_takes_the_layout_with_it(tmp_path, settings, temporary):
    file = tmp_path / "booklet.html"
    file.write_text(booklet_html(large_programme(200, people=3), BEFORE))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "innovation_week.settings", "TMPDIR": str(temporary)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(file)], stdout=subprocess.PIPE, env=environment, cwd=settings.BASE_DIR
    ) as parent:
        assert parent.stdout.readline() == b"Page 10\n"
        (child,) = typesetters(parent.pid)
        parent.send_signal(signal.SIGKILL)

    gone, _alive = psutil.wait_procs([child], timeout=PROMPTLY)
    assert gone == [child]


# --- What comes of it ------------------------------------------------------------------------------------------


@pytest.fixture
def release():
    text = to_json(large_programme(30, people=3))
    return ReleaseFactory(edition=EditionFactory(slug="2018"), document=text, sha256=sha256(text))


@pytest.mark.django_db
def test_the_worker_goes_on_without_half_a_booklet(release, settings, tmp_path, caplog):
    settings.RELEASE_FILES_ROOT = tmp_path / "releases"

    french, english = booklet_path(release, "fr"), booklet_path(release, "en")

    assert booklet.make_missing(progress=kill_at_page_10) == 0

    kept = {path.name for path in settings.RELEASE_FILES_ROOT.iterdir()}
    assert kept == {".lock", french.with_suffix(".failed").name, english.with_suffix(".failed").name}
    assert caplog.text.count("(SIGKILL)") == 2


@pytest.mark.django_db
def test_the_command_says_so_and_keeps_the_older_file(release, tmp_path, monkeypatch):
    file = tmp_path / "programme.pdf"
    file.write_bytes(b"old")
    monkeypatch.setattr(Command, "_tell", lambda self, message: kill_at_page_10(message))

    with pytest.raises(CommandError, match="was killed"):
        call_command("export_pdf", "2018", "-o", str(file), "--language", "en")

    assert file.read_bytes() == b"old"
