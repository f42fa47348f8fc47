from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from outbox.links import PersonalLink
from outbox.models import Message
from tests.factories import MessageFactory

LIST = "/admin/outbox/message/"


def with_link(**fields) -> tuple[Message, PersonalLink]:
    link = PersonalLink("registration", uuid4(), 1)
    body = f"Bonjour, votre lien : https://example.org/inscriptions/{link}/"
    return MessageFactory(text=body, html=f"<p style='color:navy'>{body}</p>", links=[str(link)], **fields), link


def test_a_body_is_shown_without_its_personal_link(project_lead):
    message, link = with_link()

    page = project_lead.get(reverse("admin:outbox_message_change", args=[message.pk])).content.decode()
    laid_out = project_lead.get(reverse("admin:outbox_message_html", args=[message.pk])).content.decode()

    for html in (page, laid_out):
        assert "lien personnel masqué" in html
        assert link.token not in html
        assert str(link) not in html
        assert link.public_id.hex not in html


def test_a_laid_out_body_can_run_and_load_nothing(project_lead):
    message, _link = with_link()

    policy = project_lead.get(reverse("admin:outbox_message_html", args=[message.pk])).headers[
        "Content-Security-Policy"
    ]

    assert sorted(part.strip() for part in policy.split(";")) == [
        "default-src 'none'",
        "sandbox",
        "style-src 'unsafe-inline'",
    ]


def test_only_a_project_lead_reads_messages(editor, logistician, receptionist, reader, recruiter):
    message, _link = with_link()
    for client in (editor, logistician, receptionist, reader, recruiter):
        for name in ("change", "html"):
            assert client.get(reverse(f"admin:outbox_message_{name}", args=[message.pk])).status_code == 403
        assert client.get(LIST).status_code == 403


def test_messages_in_error_leave_again_and_no_other(project_lead):
    failed = MessageFactory(state=Message.State.FAILED, attempts=14, error="550", next_attempt_at=None)
    sent = MessageFactory(state=Message.State.SENT, attempts=1)
    ticked = [failed.pk, sent.pk]

    project_lead.post(LIST, {"action": "send_again", "_selected_action": ticked, "index": "0"})

    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.state, failed.attempts, failed.error) == ("queued", 0, "")
    assert failed in Message.objects.due(timezone.now())
    assert (sent.state, sent.attempts) == ("sent", 1)


def test_a_message_without_laid_out_form_says_so(project_lead):
    message = MessageFactory(html="")

    response = project_lead.get(reverse("admin:outbox_message_html", args=[message.pk]))

    assert response.status_code == 404
