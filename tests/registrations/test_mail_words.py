"""What the public types is text in every mail: in its subject, in plain text and in HTML."""

import re

import pytest
from django.utils import timezone, translation

from outbox.models import Message
from outbox.outside import WORD_JOINER
from registrations import mail_values, mails
from registrations.delivered_mails import MAILS
from registrations.models import Registration
from tests.factories import RegistrationFactory
from tests.registrations.conftest import sent

HOSTILE = {
    "an address": "https://evil.example/connexion",
    "a bare domain": "evil.example",
    "a mail address": "mail@evil.example",
    "markup": '<a href="https://evil.example">cliquez</a><script>x</script>',
    "line breaks": "Anne\r\nBcc: tous@evil.example\n\nAutre paragraphe\u2028x\x85y",
    "a change of direction": "Anne\u202eelpmaxe.live//:sptth\u2066\u200b",
    "placeholders": "{bouton} {prenom} {0.__class__} ~deadline~",
}
LINK = re.compile(r"https?://[\w]|\w@\w|\w[.:]\w*evil|evil[.]\w", re.IGNORECASE)


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def hostile(request, session) -> Registration:
    words = request.param
    return RegistrationFactory(
        session=session,
        state="waiting",
        first_name=words,
        last_name=words,
        registered_by_name=words,
        registered_by_email="collegue@evil.example",
        language="fr",
    )


def names(registration: Registration) -> str:
    return mail_values.from_outside(registration.first_name)


def test_a_name_is_one_line_of_seen_characters_and_no_link(hostile):
    name = names(hostile)

    assert not LINK.search(name)
    assert re.search(r"[\x00-\x1f\x7f\x85\u2028\u202e\u2066\u200b]", name) is None


def test_who_registered_somebody_is_text_in_both_forms(hostile, published):
    mails.waiting(hostile, published)
    (mail,) = sent()
    page = str(mail.alternatives[0].content)

    told = mail.body.replace(WORD_JOINER, "")
    assert "(collegue@evil.example) a rempli cette inscription pour vous." in told
    assert "evil.example" not in mail.body + page
    assert "<script" not in page
    assert page.count("<a ") == 3  # the button, the contact, the personal data notice
    assert len(re.findall(r"https?://\w", mail.body)) == 2
    assert re.search(r"[\x00-\x1f]", mail.subject) is None


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("key", MAILS)
def test_each_delivered_text_passes_its_own_check(key, language):
    with translation.override(language):
        MAILS[key].check(MAILS[key].wording)


def test_the_mail_of_a_hold_gets_its_subject_when_it_leaves(published, session):
    registration = RegistrationFactory(session=session, held=True, hold_hours=24, created_at=timezone.now())
    mails.hold(registration, published)
    queued = Message.objects.get()

    (mail,) = sent()

    assert queued.subject == "[Action requise] Confirmez votre inscription avant le ~deadline~\u00a0: Fail camp"
    assert queued.text == ""
    assert mail.subject.startswith("[Action requise] Confirmez votre inscription avant le ")
    assert mail.subject.endswith("\u00a0: Fail camp")
    assert "~" not in mail.subject
