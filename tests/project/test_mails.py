"""What a reader's eyes, ears and mail program ask of every mail that the site writes."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings

from registrations import mails
from tests.written_mails import LANGUAGES, TEMPLATES, TITLE, WRITTEN, Mail, write_all

pytestmark = pytest.mark.django_db
VAGUE = re.compile(r"^(cliquez( ici)?|ici|lien|en savoir plus|click( here)?|here|link|more|https?:.*)$", re.IGNORECASE)
# They ask for something before a time, which they tell in words.
WITH_DEADLINE = {"hold", "reminder", "offer", "offer_reminder", "set_aside"}
IN_WORDS = {
    "fr": re.compile(r"\b(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) \d{1,2}(er)? \w+ à \d{1,2}\s?h"),
    "en": re.compile(r"\b\w+day \d{1,2} \w+ at \d{1,2}(:\d\d)?\s?(am|pm)|\b\w+day \d{1,2} \w+ at (noon|midnight)"),
}


@pytest.fixture(scope="module")
def mails_sent(django_db_setup, django_db_blocker) -> dict[tuple[str, str], Mail]:
    """Written once for all these tests."""
    with django_db_blocker.unblock():
        return write_all()


@pytest.fixture(params=[(name, language) for name in sorted(WRITTEN) for language in LANGUAGES], ids="-".join)
def sent(request, mails_sent) -> Mail:
    return mails_sent[request.param]


def test_every_template_is_read_by_these_tests():
    assert sorted(WRITTEN) == TEMPLATES


def test_a_mail_says_its_language_its_subject_and_begins_with_one_heading(sent):
    headings = list(sent.page.iter("h1", "h2", "h3", "h4"))

    assert sent.page.get("lang") == sent.message.language
    assert sent.page.findtext("head/title") == sent.left.subject
    assert [element.tag for element in headings].count("h1") == 1
    assert headings[0].tag == "h1"
    assert all(element.text_content().strip() for element in headings)


def test_its_links_lead_to_this_site_say_where_and_are_not_rewritten(sent):
    pages = [(address, words) for address, words in sent.links if not address.startswith("mailto:")]

    assert pages
    for address, words in pages:
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}" == django_settings.SITE_URL
        assert parts.query in ("", "edition=semaine", "liberer=1")
        assert len(words) > 3
        assert not VAGUE.match(words)


def test_nothing_is_fetched_when_it_is_opened_and_nobody_learns_that_it_was(sent):
    fetching = {"img", "script", "link", "iframe", "object", "embed", "video", "audio", "style", "form", "input", "svg"}

    assert [element.tag for element in sent.page.iter() if element.tag in fetching] == []
    assert not re.search(r"url\(|@import|background=|\ssrc=|\sping=", sent.html)
    assert {"disposition-notification-to", "return-receipt-to", "x-confirm-reading-to"}.isdisjoint(
        name.casefold() for name in sent.left.message()
    )


def test_tables_that_only_lay_out_say_so(sent):
    assert {table.get("role") for table in sent.page.iter("table")} == {"presentation"}


def test_a_deadline_is_told_in_words_in_the_subject_and_in_both_bodies(sent):
    name, language = sent.message.kind.removeprefix("registration_"), sent.message.language
    if name not in WITH_DEADLINE:
        assert not sent.left.subject.startswith("[")
        return
    told = [re.sub(r"\s+", " ", text) for text in (sent.left.subject, sent.text, sent.page.text_content())]

    assert sent.left.subject.startswith({"fr": "[Action requise] ", "en": "[Action required] "}[language])
    assert [bool(IN_WORDS[language].search(text)) for text in told] == [True, True, True]


def test_the_text_says_the_same_without_marks_of_html_and_with_the_same_addresses(sent):
    addresses = {address for address, _words in sent.links if not address.startswith("mailto:")}

    assert set(re.findall(r"https?://\S+", sent.text)) == addresses
    assert not re.search(r"&\w+;|&#|<(p|a|br|strong|td)\b", sent.text)
    assert "contact@example.org" in sent.text or sent.message.kind == mails.LINKS


def test_nothing_is_left_to_fill_in_and_a_title_is_only_text(sent):
    everything = [sent.left.subject, sent.text, sent.html]

    assert [text for text in everything if re.search(r"~\w+|\{[{%]|\bNone\b|%\(", text)] == []
    assert "<d’été>" not in sent.html
    if sent.message.kind != mails.DATA:  # about a person, not about a session
        assert TITLE in sent.page.text_content()
        assert TITLE in sent.text


def test_the_mails_can_be_read_by_validators(mails_sent, tmp_path):
    """``MAILS_TO=folder pytest -k validators`` leaves them there."""
    folder = Path(os.environ.get("MAILS_TO") or tmp_path)
    for (name, language), sent in mails_sent.items():
        (folder / f"{name}-{language}.html").write_text(sent.html)

    assert len(list(folder.glob("*.html"))) == 2 * len(TEMPLATES)
