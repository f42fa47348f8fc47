"""Placeholders of the text of a mail, in the language of the staff who write it: {prenom}, {bouton}.

What each becomes for somebody is told in registrations.mail_values.
"""

import dataclasses as dc
import re
from collections.abc import Callable, Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_BRACED = re.compile(r"\{([^{}]*)\}")


@dc.dataclass(frozen=True, slots=True)
class Placeholder:
    meaning: str | Promise
    example: str | Promise = ""
    is_block: bool = False  # goes alone on its line: a paragraph, a link, a button


def _block(meaning: str | Promise, example: str | Promise = "") -> Placeholder:
    return Placeholder(meaning, example, is_block=True)


PLACEHOLDERS = {
    "prenom": Placeholder(_("first name of the person"), "Camille"),
    "nom": Placeholder(_("last name of the person"), "Martin"),
    "seance": Placeholder(_("title of the session"), "Fail camp"),
    "edition": Placeholder(_("name of the edition"), _("Public innovation week")),
    "date": Placeholder(_("day of the session"), _("Tuesday 20 November")),
    "heure": Placeholder(_("when it begins"), _("2:30 pm")),
    "lieu": Placeholder(_("room and venue, or “Online”"), _("Great hall, City Hall")),
    "rendez_vous": _block(_("the session: title, day, hours, address, what to show and how to connect")),
    "bouton": _block(_("the button of this mail, which opens the page of the person")),
    "lien_inscription": _block(_("link to the page of the registration")),
    "lien_programme": _block(_("link to the programme")),
    "lien_billet": _block(_("link to the ticket; nothing for who has none")),
    "lien_espace": _block(_("link to all the registrations of the person")),
    "echeance": Placeholder(_("until when to answer, in bold"), _("Tuesday 20 November at 2:30 pm")),
    "inscrit_par": _block(
        _("who filled in the registration, when it was a colleague; otherwise nothing"),
        _("Camille Martin (camille@example.org) filled in this registration for you."),
    ),
    "position": Placeholder(_("place on the waiting list"), _("3rd")),
    "places": Placeholder(_("how many seats were asked for"), "4"),
    "places_offertes": Placeholder(_("sentence: one seat, or several, became free"), _("3 seats have become free.")),
    "places_libres": Placeholder(
        _("sentence: how many of the seats asked for are free"), _("2 seats are free, of the 4 that you asked for.")
    ),
    "places_de_cote": Placeholder(_("how many are set aside"), _("2 seats are set aside for you")),
    "hors_liste": _block(_("warning to who is not on the access list of the venue; otherwise nothing")),
    "sur_le_billet": Placeholder(_("sentence: what the ticket shows, and whether it may be forwarded")),
    "ancien_creneau": _block(_("sentence: the slot that was left")),
    "deplacement": _block(_("sentence: from which session the registration was moved")),
    "situation": _block(_("sentence: registered already, waiting, or offered a seat")),
    "nouvelle_en_bref": Placeholder(_("the news in a word"), _("Moved")),
    "annonce": Placeholder(_("the news in a few words"), _("Your session is moved")),
    "nouvelle": _block(_("sentence: what changes"), _("The time of this session changes.")),
    "mot": _block(_("the word that the staff adds to the notice; otherwise nothing")),
    "avant": _block(_("time and place before, where they changed")),
    "si_empechement": _block(_("sentence: how to free the seat, for who has one")),
    "inscriptions": _block(_("all registrations of the person, edition by edition, with the link of each")),
    "si_pas_demande": _block(_("sentence: what to do with this mail when one did not ask for it")),
    "minutes": Placeholder(_("how many minutes the link is good for"), "30"),
    "validite": _block(_("sentence: how long the link is good for, and that it is forwarded to nobody")),
    "dernier_jour": Placeholder(_("last day on which the link can be used"), _("Tuesday 20 November 2018")),
    "usage": _block(_("sentence: how often and until when the link serves, and to whom it may be forwarded")),
    "origine_adresse": _block(_("sentence: who gave the address, until when it is kept, how to have it erased")),
    "objet": Placeholder(_("subject that the staff wrote"), _("Bring your laptop")),
    "message": _block(_("text that the staff wrote")),
}
EVERYWHERE = (
    "prenom",
    "nom",
    "seance",
    "edition",
    "date",
    "heure",
    "lieu",
    "rendez_vous",
    "bouton",
    "lien_inscription",
    "lien_programme",
)
OF_A_PERSON = ("prenom", "nom", "edition")
OF_A_SESSION = tuple(name for name in EVERYWHERE if name not in ("prenom", "nom", "lien_inscription"))
TYPED = ("prenom", "nom", "seance", "edition")  # in what the staff writes for once: a mailing, a notice
ALWAYS_REQUIRED = ("rendez_vous", "bouton")  # where they are known


def inline(names: Iterable[str]) -> list[str]:
    return [name for name in names if not PLACEHOLDERS[name].is_block]


def blocks(names: Iterable[str]) -> list[str]:
    return [name for name in names if PLACEHOLDERS[name].is_block]


def check_typed(text: str) -> None:
    """ValidationError that names each one that the staff may not write for once."""
    unknown = [name for name in _BRACED.findall(text) if name not in TYPED]
    if unknown:
        message = gettext("Unknown placeholder: %(unknown)s. You may write %(known)s.")
        names = {"unknown": _braced(unknown), "known": _braced(TYPED)}
        raise ValidationError(message, code="placeholder", params=names)


def fill_typed(text: str, values: Mapping[str, Callable[[], object]]) -> str:
    """What no longer passes that check stays as it was written."""
    return _BRACED.sub(lambda found: str(values[found[1]]()) if found[1] in TYPED else found[0], text)


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
