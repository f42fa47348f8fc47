"""What each placeholder of a mail becomes for somebody, in the active language. Asked for only when a text names it.

What the public typed is text, whatever it looks like (outbox/outside.py).
"""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from innovation_week import dates
from outbox.links import PersonalLink
from outbox.outside import unlinked
from outbox.wording import Part, Strong, Value, button, known, link, paragraph
from publishing.programme import Item
from registrations import access_list, connection
from registrations.delivered_mails import MAILS
from registrations.links import ticket_link
from registrations.models import Notice, Registration
from registrations.placeholders import fill_typed
from registrations.published import PublishedSession
from registrations.templatetags.session_state import place_in_queue
from sessions.text import seen

DEADLINE = "~deadline~"  # filled in as the mail leaves
Values = dict[str, Callable[[], Value]]


def from_outside(words: str) -> str:
    """On one line, without what the eye cannot see, and never a link."""
    return unlinked(" ".join(seen(words).split()))


def values(key: str, registration: Registration, published: PublishedSession) -> Values:
    """Those that a registration and its session tell; the callers of ``mails`` add what only they know."""
    opened = {"ticket": ticket_link(registration)}.get(MAILS[key].page, registration.link)
    return {
        **person_values(registration),
        **session_values(published),
        **button_value(key, opened),
        "lieu": lambda: pgettext("where", "Online") if registration.is_online else where(published),
        "lien_inscription": lambda: link(_("See my registration"), address("detail", registration.link)),
        "lien_billet": lambda: _ticket(registration),
        "echeance": lambda: Strong(DEADLINE),
        "inscrit_par": lambda: _by_whom(registration),
        "position": lambda: place_in_queue(registration.position()),
        "places": lambda: str(registration.party),
        "places_offertes": lambda: _offered(registration),
        "hors_liste": lambda: _off_list(registration, published),
        "sur_le_billet": lambda: _on_the_ticket(registration, published),
        "situation": lambda: _situation(registration),
        "si_pas_demande": if_not_asked,
    }


def person_values(registration: Registration) -> Values:
    return {
        "prenom": lambda: from_outside(registration.first_name),
        "nom": lambda: from_outside(registration.last_name),
    }


def session_values(published: PublishedSession) -> Values:
    """To somebody who may come in any way."""
    return {
        **edition_values(published.programme.name, published.programme.edition),
        "seance": lambda: published.item.title,
        "date": lambda: dates.day(published.starts_at.date()) if published.starts_at else _("Date to come"),
        "heure": lambda: dates.clock(published.starts_at) if published.starts_at else "",
        "lieu": lambda: where(published),
        "rendez_vous": lambda: known("facts"),
    }


def edition_values(name: str, slug: str) -> Values:
    return {"edition": lambda: name, "lien_programme": lambda: _programme(slug)}


def button_value(key: str, opened: PersonalLink) -> Values:
    mail = MAILS[key]
    return {"bouton": lambda: button(str(mail.button), address(mail.page, opened) + mail.query)}


def if_not_asked() -> Part:
    return paragraph(_("If you did not ask for anything, ignore this mail: nothing has changed."))


def address(page: str, personal: PersonalLink) -> str:
    return settings.SITE_URL + reverse(f"registrations:{page}", args=[personal])


def space_values(space: PersonalLink) -> Values:
    return {"lien_espace": lambda: link(_("All my registrations, my agenda"), address("space", space))}


def set_aside_values(registration: Registration, free: int, until: str) -> Values:
    counts = {"free": free, "party": registration.party}
    sentence = ngettext(
        "%(free)d seat is free, of the %(party)d that you asked for.",
        "%(free)d seats are free, of the %(party)d that you asked for.",
        free,
    )
    words = ngettext("%(free)d seat is set aside for you", "%(free)d seats are set aside for you", free)
    return {
        "places_libres": lambda: sentence % counts,
        "places_de_cote": lambda: words % counts,
        "echeance": lambda: Strong(until),
    }


def slot_values(before: PublishedSession | None) -> Values:
    """``before``: the slot that was left; None when it is no longer in the programme."""
    starts_at = before.starts_at if before else None
    told = _("Your former slot, %(slot)s, is given back.")
    return {"ancien_creneau": lambda: paragraph(told % {"slot": dates.deadline(starts_at)} if starts_at else "")}


def move_values(before: PublishedSession | None) -> Values:
    told = _("The organisers moved your registration to this session. Your former seat is given back.")
    if before is not None:
        words = _(
            "The organisers moved your registration from “%(title)s” to this session. Your former seat is given back."
        )
        told = words % {"title": before.item.title}
    return {"deplacement": lambda: paragraph(told)}


def news_values(notice: Notice, registration: Registration, was: PublishedSession, now: PublishedSession) -> Values:
    """``was``: the session as the person knows it."""
    short, heading, sentence = news(notice.kind, was, now)
    typed = person_values(registration) | session_values(now)
    in_time = now.item.state == "scheduled" and registration.state != Registration.State.WAITING
    free = _("Does this no longer suit you? The page of your registration frees your seat.")
    return {
        "nouvelle_en_bref": lambda: short,
        "annonce": lambda: heading,
        "nouvelle": lambda: paragraph(fill_typed(notice.text, typed) or sentence),
        "mot": lambda: paragraph(fill_typed(notice.word, typed)),
        "avant": lambda: paragraph(_before(registration, was, now)),
        "si_empechement": lambda: paragraph(free if in_time else ""),
    }


def where(published: PublishedSession) -> str:
    if published.place:
        return ", ".join(part.name for part in (published.room, published.place) if part)
    return pgettext("where", "Online") if published.item.is_online else _("Place to come")


def _programme(edition_slug: str) -> Part:
    page = reverse("publishing:programme", args=[edition_slug])
    return link(_("The rest of the programme"), settings.SITE_URL + page)


def _ticket(registration: Registration) -> Part:
    if registration.state != Registration.State.CONFIRMED:
        return paragraph("")
    return link(_("My ticket"), address("ticket", ticket_link(registration)))


def _by_whom(registration: Registration) -> Part:
    if not registration.registered_by_name:
        return paragraph("")
    told = _("%(name)s (%(email)s) filled in this registration for you.") % {
        "name": from_outside(registration.registered_by_name),
        "email": from_outside(registration.registered_by_email),
    }
    return paragraph(told + " " + _("Only you can confirm it."))


def _offered(registration: Registration) -> str:
    words = ngettext("A seat has become free for you.", "%(party)d seats have become free for you.", registration.party)
    return words % {"party": registration.party}


def _off_list(registration: Registration, published: PublishedSession) -> Part:
    if not access_list.is_off(registration, published):
        return paragraph("")
    told = _(
        "Your registration was confirmed after the venue received its list: come early, with an identity document."
    )
    return Part("paragraph", ((Strong(_("Off the access list.")), f" {told}"),))


def _on_the_ticket(registration: Registration, published: PublishedSession) -> str:
    if connection.of(registration, published):
        return _("The ticket shows your name, the session and how to connect.")
    return _("The ticket may be forwarded: it only shows your name and the session.")


def _situation(registration: Registration) -> Part:
    if registration.state == Registration.State.WAITING:
        return paragraph(_("You are already on the waiting list of this session. Here is your link again."))
    if registration.state == Registration.State.OFFERED:
        return paragraph(_("A seat of this session is offered to you: answer with your link."))
    return paragraph(_("You are already registered for this session. Here is your link again."))


def is_other_time(was: Item, now: Item) -> bool:
    return (was.slot.starts_at, was.slot.ends_at) != (now.slot.starts_at, now.slot.ends_at)


def is_other_place(was: Item, now: Item) -> bool:
    return (was.slot.place, was.slot.room) != (now.slot.place, now.slot.room) or (was.is_online and not now.is_online)


def news(kind: str, was: PublishedSession, now: PublishedSession) -> tuple[str, str, str]:
    """In a word, as a heading, as a sentence."""
    if kind == Notice.Kind.MOVED:
        return _("Moved"), _("Your session is moved"), _move(was.item, now.item)
    if kind == Notice.Kind.POSTPONED:
        told = _("This session is postponed. We write to you as soon as its date is known.")
        return _("Postponed"), _("Your session is postponed"), told
    if kind == Notice.Kind.BACK and was.item.state == "postponed":
        return _("New date"), _("Your session has a new date"), _("This session has a new date.")
    if kind == Notice.Kind.BACK:
        told = _("This session takes place after all, at the time below.")
        return _("Takes place after all"), _("Your session takes place after all"), told
    told = _("This session will not take place. You have nothing to do.")
    return _("Cancelled"), _("Your session is cancelled"), told


def _move(was: Item, now: Item) -> str:
    if is_other_time(was, now) and is_other_place(was, now):
        return _("The time and the place of this session change.")
    if is_other_time(was, now):
        return _("The time of this session changes.")
    return _("The place of this session changes.")


def _before(registration: Registration, was: PublishedSession, now: PublishedSession) -> str:
    lines = []
    if is_other_time(was.item, now.item):
        lines.append(_when(was.starts_at, was.ends_at, was))
    if is_other_place(was.item, now.item) and not registration.is_online:
        lines.append(where(was))
    before = pgettext("a change", "Before") + pgettext("between a field and its error", ":")
    return "\n".join(f"{before} {line}" for line in lines)


def _when(starts_at: dt.datetime | None, ends_at: dt.datetime | None, published: PublishedSession) -> str:
    if starts_at is None:
        return _("Date to come")
    zone = published.foreign_zone
    return dates.when(starts_at, ends_at) + (f" ({dates.zone_name(zone)})" if zone else "")
