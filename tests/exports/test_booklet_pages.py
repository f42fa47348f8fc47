"""What is printed, read back from the PDF."""

import dataclasses as dc
import datetime as dt
import io
import re
from collections import Counter

import pikepdf
import pytest
from django.utils import translation
from PIL import Image
from weasyprint.urls import FatalURLFetchingError

from exports.booklet_content import booklet
from exports.booklet_pdf import Imprint, booklet_html
from exports.fetcher import PORTRAIT_SIDE, OwnFilesFetcher
from exports.layout import own_files
from exports.typeset import pdf as typeset
from publishing.programme import Portrait
from tests.exports.documents import CAMILLE, CENTRE, DESKS, at, item, large_programme, programme, slot

BEFORE = Imprint(number=3, published_on=dt.date(2018, 11, 5))
AFTER = Imprint(number=4, published_on=dt.date(2018, 12, 20))


def structure(node):
    """The structure tree in reading order: pairs of a tag and its dictionary."""
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from structure(kid)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S), node
        yield from structure(node.get("/K"))


def bookmarks(pdf):
    with pdf.open_outline() as outline:
        return [(entry.title, [child.title for child in entry.children]) for entry in outline.root]


def printed(pdf):
    """The text of all pages, in the order it is drawn."""
    return " ".join(" ".join(texts(page)) for page in pdf.pages)


def texts(page):
    fonts = {name: to_unicode(font) for name, font in page.Resources.Font.items()}
    current = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            current = fonts[str(operands[0])]
        elif str(operator) == "TJ":
            strings = [bytes(part) for part in operands[0] if isinstance(part, pikepdf.String)]
            yield "".join(current.get(code, "") for string in strings for code in codes(string))


def codes(string):
    return [int.from_bytes(string[i : i + 2], "big") for i in range(0, len(string), 2)]


def to_unicode(font):
    cmap = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", cmap)
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def make(document, imprint=BEFORE, language="fr"):
    with translation.override(language):
        source = booklet_html(document, imprint)
    return pikepdf.open(io.BytesIO(typeset(source, *own_files())))


def test_the_booklet_is_tagged_titled_and_says_its_language():
    pdf = make(programme(item()))

    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.Root.Lang) == "fr"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert pdf.Root.Metadata.read_bytes().count(b"pdfuaid:part") > 0
    assert str(pdf.docinfo.Title) == "Semaine de l’innovation publique – Programme"
    assert str(pdf.docinfo.Author) == "Semaine de l’innovation publique"
    assert [float(side) for side in pdf.pages[0].MediaBox] == pytest.approx([0, 0, 595.28, 841.89], abs=0.01)


def test_headings_lead_from_the_cover_to_the_venues():
    pdf = make(programme(item(), item("DS2345", thread="bureau-du-futur", slot=slot(at(9), at(18)))))

    headings = [tag for tag, _node in structure(pdf.Root.StructTreeRoot) if re.fullmatch(r"/H\d", tag)]
    assert headings[:5] == ["/H1", "/H2", "/H3", "/H2", "/H2"]
    assert len(pdf.pages) == 7  # cover, contents, the week, two days, speakers, venues


def test_bookmarks_follow_the_days():
    pdf = make(programme(item()), language="en")

    assert bookmarks(pdf) == [
        ("Contents", ["The sequences"]),
        ("The week at a glance", []),
        ("Tuesday 20 November", ["Trois échecs, trois rebonds"]),
        ("Speakers", []),
        ("Venues", ["Centre de Ségur"]),
    ]


def test_a_crowded_day_is_bookmarked_by_the_hour():
    pdf = make(large_programme(14, people=3, rooms=14, days=1, words=6))

    with pdf.open_outline() as outline:
        day = outline.root[2]
        assert [(hour.title, len(hour.children)) for hour in day.children] == [("8\xa0h\xa030", 14)]


def test_the_pages_tell_what_where_who_and_how():
    text = printed(make(programme(item(note="Apporter une pièce d’identité."))))

    for expected in [
        "18 h – 20 h",
        "Fail camp · Conférence-témoignages",
        "Trois échecs, trois rebonds",
        "Auditorium, Centre de Ségur · accès de plain-pied, boucle magnétique · sur inscription",
        "Camille Exemple (pionnière)",
        "Trois agents pionniers racontent.",
        "Bon à savoir : Apporter une pièce d’identité.",
        "Métro Ségur.",
        "Ascenseur depuis le hall.",
        "Version publiée n° 3, lundi 5 novembre 2018",
    ]:
        assert flat(expected) in flat(text)


def flat(text):
    """Without spaces and line ends: where lines break is not what these tests hold."""
    return re.sub(r"[\s-]", "", text)


def test_states_are_words():
    before = slot(at(14, day=20), at(16, day=20), "hall")
    text = flat(
        printed(
            make(
                programme(
                    item(moved_from=before),
                    item("CA2345", state="cancelled", title="Atelier fermé"),
                    item("PO2345", state="postponed", title="Plus tard", slot=slot(None, None)),
                )
            )
        )
    )

    assert flat("DÉPLACÉE Auparavant : mardi 20 novembre, 14 h – 16 h, Hall, Centre de Ségur") in text
    assert "ANNULÉE" in text
    assert flat("Séances reportées, nouvelle date à venir") in text
    assert "REPORTÉE" in text


def test_a_past_edition_tells_its_audience_and_no_longer_how_to_register():
    text = flat(printed(make(programme(item(attendance="plus de 100 participants"), item("XX2345")), AFTER)))

    assert flat("Fréquentation : plus de 100 participants") in text
    assert flat("sur inscription") not in text


def test_only_a_demonstration_says_so(settings):
    mention = flat("Édition de démonstration, non officielle")
    settings.DEMO = False
    assert mention not in flat(printed(make(programme(item()))))

    settings.DEMO = True
    assert mention in flat(printed(make(programme(item()))))


def test_the_words_of_the_booklet_follow_the_language_asked():
    pdf = make(programme(item(language="fr")), language="en")

    assert str(pdf.Root.Lang) == "en"
    assert flat("The week at a glance") in flat(printed(pdf))
    assert flat("with registration") in flat(printed(pdf))


def test_names_from_elsewhere_are_printed_with_their_own_letters():
    """Two font files under one family name once drew the glyphs of the one with the numbers of the other."""
    author = dc.replace(CAMILLE, name="Sławomir Próbniński", index_name="Próbniński, Sławomir")

    assert flat("Sławomir Próbniński") in flat(printed(make(programme(item(), people=(author,)))))


def test_a_venue_overseas_tells_its_own_time():
    reunion = dc.replace(CENTRE, time_zone="Indian/Reunion")

    text = flat(printed(make(programme(item(), places=(reunion,)))))

    assert flat("21 h – 23 h (heure : La Réunion)") in text


def test_a_large_edition_is_counted_instead_of_listed():
    document = large_programme(80, people=120, rooms=20, days=2, words=10)

    pages = booklet(document, printed_on=BEFORE.published_on)

    assert sum(row.total for row in pages.glances[0].rows) == 80
    assert pages.presents_people is False


def test_each_session_tells_its_times_once_also_at_the_top_of_a_page():
    """Pushed to the next page, a session once had its time drawn over itself."""
    document = large_programme(60, people=20, rooms=6, days=2, words=90)
    entries = [entry for day in booklet(document, printed_on=BEFORE.published_on).days for entry in day.entries]

    drawn = Counter(flat(text) for page in make(document).pages for text in texts(page))

    expected = Counter(flat(entry.times) for entry in entries)
    assert {times: drawn[times] for times in expected} == expected


def test_a_month_gets_a_table_a_week():
    days = [item(f"DA23{n:02}", slot=slot(at(9, day=n), at(10, day=n))) for n in range(2, 31)]
    month = programme(*days, starts_on=dt.date(2018, 11, 2), ends_on=dt.date(2018, 11, 30))

    glances = booklet(month, printed_on=BEFORE.published_on).glances

    assert [len(glance.days) for glance in glances] == [3, 7, 7, 7, 5]


def test_an_empty_programme_still_prints():
    pdf = make(programme(threads=(), places=(), people=()))

    assert len(pdf.pages) == 2


def test_pictograms_without_a_font_leave_no_box():
    text = printed(make(programme(item(title="Oser 🚀 ensemble ✨"))))

    assert flat("Oser ensemble") in flat(text)


# --- What it may read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x.png",
        "http://127.0.0.1:8000/media/secret.txt",
        "http://127.0.0.1:8000/media/portraits/../../secret_key",
        "http://127.0.0.1:8000/media/portraits/%2e%2e/secret.jpg",
        "http://127.0.0.1:8000/static/../innovation_week/settings.py",
        "http://127.0.0.1:8000/static/%2e%2e/innovation_week/settings.py",
        "http://127.0.0.1:8000/admin/",
        "file:///etc/passwd",
        "data:text/plain,hello",
        "data:image/png;base64,AAAA",
        "ftp://example.org/x",
    ],
)
def test_nothing_but_our_own_files_is_read(url):
    with pytest.raises((ValueError, FatalURLFetchingError)):
        OwnFilesFetcher(*own_files()).fetch(url)


def test_texts_cannot_pull_files_or_pages_into_the_booklet(monkeypatch):
    """The texts of a release are sanitised; were one not, the printer would still refuse."""
    asked = []
    fetch = OwnFilesFetcher.fetch

    def record(self, url, headers=None):
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(OwnFilesFetcher, "fetch", record)
    evil = (
        '<img src="https://evil.example/x.png"><img src="file:///etc/passwd">'
        '<link rel="stylesheet" href="https://evil.example/x.css">'
        '<a rel="attachment" href="file:///etc/passwd">clé</a>'
        "<style>@import url(https://evil.example/y.css)</style>"
    )
    before = make(programme(item()))
    pdf = make(programme(item(text=evil)))

    foreign = [url for url in asked if not url.startswith("http://127.0.0.1:8000/static/")]
    assert "https://evil.example/x.png" in foreign  # it was asked for, and refused: nothing of it is in the file
    assert not list(pdf.attachments)
    assert images(pdf) == images(before) == []


def images(pdf):
    return [image for page in pdf.pages for image in page.get_images().values()]


def test_portraits_are_embedded_small_with_a_text(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = f"portraits/{'a' * 32}.jpg"
    (tmp_path / "portraits").mkdir()
    Image.effect_noise((640, 640), 90).convert("RGB").save(tmp_path / name, quality=95)
    pictured = dc.replace(CAMILLE, portrait=Portrait(name, 640, 640))

    pdf = make(programme(item(), people=(pictured,)))

    assert {(image.Width, image.Height) for image in images(pdf)} == {(PORTRAIT_SIDE, PORTRAIT_SIDE)}
    figures = [str(node.Alt) for tag, node in structure(pdf.Root.StructTreeRoot) if tag == "/Figure"]
    assert figures == ["Portrait\xa0: Camille Exemple"]


def test_page_numbers_beside_a_portrait_stand_under_each_other(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = f"portraits/{'c' * 32}.jpg"
    (tmp_path / "portraits").mkdir()
    Image.new("RGB", (640, 640)).save(tmp_path / name)
    pictured = dc.replace(CAMILLE, biography="", portrait=Portrait(name, 640, 640))
    sessions = [item(f"FA234{number}") for number in "23456"]

    pdf = make(programme(*sessions, people=(pictured,)))

    page = next(page for page in pdf.pages if flat("Exemple, Camille") in flat(" ".join(texts(page))))
    links = [[round(float(side)) for side in link.Rect] for link in page.Annots]
    ends = {top: max(link[2] for link in links if link[1] == top) for _left, top, _right, _bottom in links}
    assert len(ends) == len(sessions)
    assert len(set(ends.values())) == 1


def test_a_missing_portrait_does_not_stop_the_booklet(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pictured = dc.replace(CAMILLE, portrait=Portrait(f"portraits/{'b' * 32}.jpg", 640, 640))

    assert flat("Exemple, Camille") in flat(printed(make(programme(item(), people=(pictured,)))))


@pytest.mark.parametrize("theme", ["neutral", "state"])
def test_fonts_are_embedded_in_both_themes(settings, theme):
    settings.THEME = theme

    pdf = make(programme(item(), threads=(DESKS,)))

    fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
    descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts]
    assert descriptors
    marianne = "/FontFile3"  # an OpenType font; that of the neutral theme is TrueType
    assert all((marianne if theme == "state" else "/FontFile2") in descriptor for descriptor in descriptors)
