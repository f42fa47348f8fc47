"""Personal data has an end date, told on the edition's notice: then it is erased and counts remain."""

import datetime as dt

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from innovation_week import batches
from innovation_week.back_office.personal_export import forget_words
from outbox.models import Message
from registrations import invitations, questions
from registrations.mails import ABOUT, LINKS, about_participant
from registrations.models import (
    AccessNeed,
    Invitation,
    InvitationQuerySet,
    Mailing,
    Participant,
    Registration,
    Transition,
)
from registrations.transitions import PERSON, WORKER
from sessions.models import Edition, PrivacyNotice

# RFC 2606: a domain that never receives mail. The identifier keeps one live row per person and session apart.
ERASED_DOMAIN = "@erased.invalid"


def erase_outdated(now: dt.datetime) -> int:
    """Erase who registered for editions whose retention is over; how many. Safe to run again, or to be killed."""
    today = timezone.localdate(now)
    editions = [edition for edition in Edition.objects.select_related("privacy_notice") if _kept_until(edition) < today]
    batches.delete(Participant.objects.filter(edition__in=editions))
    sent = Invitation.objects.filter(session__edition__in=editions)
    batches.each(sent, lambda keys: invitations.forget(Invitation.objects.filter(pk__in=keys)))
    Mailing.objects.filter(edition__in=editions).exclude(narrowed="").update(narrowed="")
    named = Registration.objects.filter(session__edition__in=editions).exclude(email__endswith=ERASED_DOMAIN)
    return batches.each(named, _erase)


def forget_requests(before: dt.datetime) -> int:
    """A request for links names an address that may be nobody's here: no edition says how long to keep it."""
    return batches.delete(Message.objects.filter(kind=LINKS, created_at__lt=before))


def forget_other_messages(before: dt.datetime) -> int:
    """Those that no registration takes away with it."""
    others = Message.objects.exclude(about__startswith=ABOUT)
    return batches.delete(others.filter(created_at__lt=before).exclude(state=Message.State.QUEUED))


def _kept_until(edition: Edition) -> dt.date:
    """As the notice promises; without a notice, as a notice would by default."""
    notice = getattr(edition, "privacy_notice", None) or PrivacyNotice(edition=edition)
    return notice.kept_until


def messages_about(participant: Participant) -> QuerySet[Message]:
    """To somebody, about what they asked for in the edition, were invited to, or about their links, which belong to no
    edition.
    """
    abouts = [f"{ABOUT}{key}" for key in participant.registrations().values_list("pk", flat=True)]
    abouts += map(invitations.about, invitations_of(participant))
    links = Q(kind=LINKS, to__in=participant.registrations().values("email"))
    return Message.objects.filter(Q(about__in=[*abouts, about_participant(participant)]) | links)


def invitations_of(participant: Participant) -> InvitationQuerySet:
    """Sent to their address, whoever used them."""
    return Invitation.objects.filter(session__edition=participant.edition, email_key=participant.email_key)


def forget(participant: Participant) -> None:
    """At once, whom the edition would name until its date. The caller has cancelled what is to come."""
    keys = list(participant.registrations().values_list("pk", flat=True))
    messages_about(participant).delete()
    words = [participant.email_key, *participant.registrations().values_list("email", flat=True)]
    _erase(keys)
    _erase_registrar(participant)
    invitations_of(participant).delete()
    forget_words(words)
    for word in words:  # a list may have been narrowed to them
        Mailing.objects.filter(narrowed__icontains=word).update(narrowed="")
    participant.delete()


def _erase_registrar(participant: Participant) -> None:
    """That they registered colleagues is no longer told on those registrations."""
    made = Registration.objects.filter(session__edition=participant.edition, registered_by_email=participant.email_key)
    made.update(registered_by_name="", registered_by_email="")


def _erase(keys: list[int]) -> None:
    """Whatever names or describes the person goes; employer, branch, region, state, dates and chosen answers stay."""
    Message.objects.filter(about__in=[f"{ABOUT}{key}" for key in keys]).delete()
    AccessNeed.objects.filter(registration__in=keys).delete()
    questions.forget_free_text(keys)
    Transition.objects.filter(registration__in=keys).exclude(actor__in=[PERSON, WORKER]).update(reason="")
    logged = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Registration))
    logged.filter(object_id__in=[str(key) for key in keys]).update(object_repr="", change_message="")
    nobody = Concat(Cast("public_id", CharField()), Value(ERASED_DOMAIN))
    Registration.objects.filter(pk__in=keys).update(
        first_name="",
        last_name="",
        email=nobody,
        email_key=nobody,
        registered_by_name="",
        registered_by_email="",
        link_version=F("link_version") + 1,
    )
