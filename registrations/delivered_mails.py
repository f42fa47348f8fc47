"""The mails as the software delivers them: their words, which an edition may replace, their
button, and the placeholders that they know. By the names that ``registrations.mails`` gives them, and the same words
lay out both forms of a mail.
"""

from django.utils.translation import gettext_lazy as _

from registrations.mail_kinds import Mail
from registrations.placeholders import OF_A_PERSON, OF_A_SESSION

BY_WHOM, FACTS, BUTTON, HIS_PAGE = "{inscrit_par}", "{rendez_vous}", "{bouton}", "{lien_inscription}"
IF_NOT_ASKED = "{si_pas_demande}"
SEE = _("See my registration")
CONFIRM = _("Confirm my registration")
TICKET = _("My ticket")
HELD_UNTIL = _("Your seat is held until {echeance}. After that it goes to somebody else.")
NOT_ASKED = _(
    "The same page serves to cancel. If you did not ask for anything, ignore this mail: nothing will be registered."
)
OFFERED = _("{places_offertes} Answer before {echeance}; after that, the offer goes to the next person.")
LEAVE_IT = _("You no longer want it? The same page lets you leave the seat to the next person at once.")
UP_TO_DATE = _("The attached file brings your calendar up to date.")
SAME_CODE = _("Your ticket keeps its code; print it again if you had printed it.")
REGISTER_AGAIN = _("Did you change your mind? The same page lets you register again while there are seats.")

MAILS = {
    "hold": Mail(
        name=_("Seat to confirm"),
        subject=_("[Action required] Confirm your registration before {echeance}: {seance}"),
        heading=_("Confirm your registration"),
        body=(BY_WHOM, HELD_UNTIL, FACTS, BUTTON, NOT_ASKED),
        button=CONFIRM,
        own=("echeance", "inscrit_par", "places"),
        required=("echeance", "inscrit_par"),
        in_subject=("echeance",),
    ),
    "reminder": Mail(
        name=_("Reminder to confirm"),
        subject=_("[Action required] Last reminder, confirm your registration before {echeance}: {seance}"),
        heading=_("Your seat is still waiting for you"),
        body=(BY_WHOM, _("You have not confirmed your registration yet."), HELD_UNTIL, FACTS, BUTTON, NOT_ASKED),
        button=CONFIRM,
        own=("echeance", "inscrit_par", "places"),
        required=("echeance", "inscrit_par"),
        in_subject=("echeance",),
    ),
    "confirmed": Mail(
        name=_("Registration confirmed"),
        subject=_("Your registration is confirmed: {seance}"),
        heading=_("Your registration is confirmed."),
        body=(
            FACTS,
            "{hors_liste}",
            _("The session is attached for your calendar."),
            BUTTON,
            "{sur_le_billet}",
            _(
                "You can no longer come? The page of your registration lets you cancel at any time, and the seat goes "
                "to somebody else."
            ),
            HIS_PAGE,
            "{lien_espace}",
        ),
        button=TICKET,
        page="ticket",
        own=("hors_liste", "sur_le_billet", "lien_espace", "places"),
        required=("hors_liste", "lien_inscription"),
    ),
    "waiting": Mail(
        name=_("Place on the waiting list"),
        subject=_("You are on the waiting list: {seance}"),
        heading=_("You are on the waiting list"),
        body=(
            BY_WHOM,
            _("You are {position} on the waiting list. We write to you as soon as a seat is yours."),
            _(
                "Seats given back go to those who wait, in the order of the requests, by a mail to answer within the "
                "time that it tells. A group waits for its seats together."
            ),
            FACTS,
            BUTTON,
            _(
                "You can leave the list at any time on the same page. If you did not ask for anything, ignore this "
                "mail: without an answer from you, no seat is taken."
            ),
        ),
        button=SEE,
        own=("position", "inscrit_par", "places"),
        required=("position", "inscrit_par"),
    ),
    "offer": Mail(
        name=_("Seat offered"),
        subject=_("[Action required] A seat has become free: answer before {echeance}: {seance}"),
        heading=_("A seat has become free"),
        body=(OFFERED, FACTS, BUTTON, LEAVE_IT),
        button=_("Take the seat"),
        own=("echeance", "places_offertes", "places"),
        required=("echeance",),
        in_subject=("echeance",),
    ),
    "offer_reminder": Mail(
        name=_("Reminder of an offer"),
        subject=_("[Action required] Last reminder, answer before {echeance}: {seance}"),
        heading=_("The seat is still waiting for your answer"),
        body=(OFFERED, FACTS, BUTTON, LEAVE_IT),
        button=_("Take the seat"),
        own=("echeance", "places_offertes", "places"),
        required=("echeance",),
        in_subject=("echeance",),
    ),
    "set_aside": Mail(
        name=_("Seats set aside"),
        subject=_("[Action required] {places_de_cote} until {echeance}"),
        heading=_("Some of your seats are free"),
        body=(
            _("{places_libres} {places_de_cote} until {echeance}."),
            _(
                "You can wait for the other seats, or come with fewer people. After that time the seats go to the next "
                "who fit, and you keep your place in the queue."
            ),
            FACTS,
            BUTTON,
            _("You can leave the list at any time on the same page."),
        ),
        button=_("Choose on my page"),
        own=("echeance", "places_libres", "places_de_cote", "places"),
        required=("echeance", "places_de_cote"),
        in_subject=("echeance",),
    ),
    "list_closed": Mail(
        name=_("Waiting list closed"),
        subject=_("The waiting list is closed: {seance}"),
        heading=_("The waiting list is closed"),
        body=(
            _("No seat has become free in time. We are sorry."),
            _("Seats given back from now on go to whoever registers first, on the page of the session."),
            FACTS,
            BUTTON,
            _("Other sessions of the week may still have seats: the programme tells."),
        ),
        button=SEE,
    ),
    "not_taken": Mail(
        name=_("Seat that could not be kept"),
        subject=_("No seat could be kept for you: {seance}"),
        heading=_("No seat could be kept for you"),
        body=(
            BY_WHOM,
            _(
                "While the e-mail address of your registration was being corrected, this session filled up or closed. "
                "Nothing is held for you, even if the page said so. We are sorry."
            ),
            FACTS,
            BUTTON,
            _("The page of your registration lets you ask again, when there are seats or a place on a waiting list."),
        ),
        button=SEE,
        own=("inscrit_par",),
        required=("inscrit_par",),
        note=_(
            "Rare: the first address was mistyped and somebody else’s, who is registered. The page may not tell that, "
            "so this mail tells the truth to the right address."
        ),
    ),
    "coming": Mail(
        name=_("Reminder two days before"),
        subject=_("In two days: {seance}"),
        heading=_("In two days"),
        body=(
            _("You are expected in two days. The session is attached for your calendar."),
            _("Can you no longer come? Free your seat: somebody is waiting for it."),
            FACTS,
            BUTTON,
            _("You will come? There is nothing to do."),
        ),
        button=_("I can no longer come: free my seat"),
        query="?liberer=1",
        own=("lien_billet",),
    ),
    "today": Mail(
        name=_("Reminder on the day"),
        subject=_("See you soon: {seance}"),
        heading=_("See you soon"),
        body=(
            _("You are expected on {date} at {heure}."),
            FACTS,
            BUTTON,
            _("Something in the way? The same page frees your seat, at any time before the session."),
        ),
        button=SEE,
        own=("lien_billet",),
    ),
    "thanks": Mail(
        name=_("Thanks afterwards"),
        subject=_("Thank you for coming: {seance}"),
        heading=_("Thank you for coming"),
        body=(
            _(
                "Thank you for having taken part. The certificate of attendance, for your employer, is on the page of "
                "your registration."
            ),
            FACTS,
            BUTTON,
            _("The sessions of the week, their speakers and what is said of them stay online."),
        ),
        button=SEE,
    ),
    "cancelled": Mail(
        name=_("Registration cancelled"),
        subject=_("Your cancellation is recorded: {seance}"),
        heading=_("Your cancellation is recorded"),
        body=(
            _("The seat is available again. If you added the session to your calendar, you can remove it."),
            FACTS,
            BUTTON,
            REGISTER_AGAIN,
        ),
        button=SEE,
    ),
    "list_left": Mail(
        name=_("Waiting list left"),
        subject=_("You have left the waiting list: {seance}"),
        heading=_("You have left the waiting list"),
        body=(_("You will receive no offer for this session."), FACTS, BUTTON, REGISTER_AGAIN),
        button=SEE,
    ),
    "slot_changed": Mail(
        name=_("Slot changed"),
        subject=_("Your slot is changed: {seance}"),
        heading=_("Your slot is changed"),
        body=(
            FACTS,
            "{ancien_creneau}",
            UP_TO_DATE,
            BUTTON,
            SAME_CODE,
            _("You can change again, or cancel, on the page of your registration."),
            HIS_PAGE,
        ),
        button=TICKET,
        page="ticket",
        own=("ancien_creneau",),
        required=("lien_inscription",),
    ),
    "moved": Mail(
        name=_("Moved to another session"),
        subject=_("Your registration was moved: {seance}"),
        heading=_("Your registration was moved"),
        body=(
            FACTS,
            "{deplacement}",
            UP_TO_DATE,
            BUTTON,
            SAME_CODE,
            _(
                "If this session does not suit you, cancel on the page of your registration: your seat will serve "
                "somebody else."
            ),
            HIS_PAGE,
        ),
        button=TICKET,
        page="ticket",
        own=("deplacement",),
        required=("deplacement", "lien_inscription"),
    ),
    "has_slot": Mail(
        name=_("Slot that can be changed"),
        subject=_("You already have a slot, which can be changed: {seance}"),
        heading=_("You already have a slot"),
        body=(
            FACTS,
            _(
                "You asked for another slot of this sequence, of which each person has one. Nothing has changed: yours "
                "is above."
            ),
            BUTTON,
            _("You lose it only once the other one is yours."),
            IF_NOT_ASKED,
        ),
        button=_("Change my slot"),
        page="slot",
        own=("si_pas_demande",),
        required=("si_pas_demande",),
    ),
    "link": Mail(
        name=_("Link of a registration"),
        subject=_("Your link: {seance}"),
        heading=_("Your link"),
        body=(
            "{situation}",
            FACTS,
            BUTTON,
            "{lien_billet}",
            IF_NOT_ASKED,
        ),
        button=SEE,
        own=("situation", "lien_billet", "si_pas_demande"),
        required=("situation", "si_pas_demande"),
    ),
    "changed": Mail(
        name=_("News of a session"),
        subject=_("{nouvelle_en_bref}: {seance}"),
        heading="{annonce}",
        body=("{nouvelle}", "{mot}", FACTS, "{avant}", "{si_empechement}", BUTTON, "{lien_programme}"),
        button=SEE,
        own=("nouvelle_en_bref", "annonce", "nouvelle", "mot", "avant", "si_empechement"),
        required=("nouvelle", "mot", "avant"),
        in_subject=("nouvelle_en_bref",),
    ),
    "connection": Mail(
        name=_("How to connect"),
        subject=_("How to connect: {seance}"),
        heading=_("How to connect"),
        body=(
            _(
                "You are registered to come online. This is how to connect; what you may have received before no "
                "longer holds."
            ),
            FACTS,
            BUTTON,
        ),
        button=SEE,
        own=("lien_billet",),
    ),
    "links": Mail(
        name=_("All links of a person"),
        subject=_("Your registrations"),
        heading="",
        body=("{inscriptions}", IF_NOT_ASKED),
        common=OF_A_PERSON,
        own=("inscriptions", "si_pas_demande"),
        required=("inscriptions", "si_pas_demande"),
        note=_(
            "For who asks for their links again: it holds all editions of the person. The text and the contact of the "
            "current edition leave; with none, the delivered text."
        ),
    ),
    "data": Mail(
        name=_("Link to somebody’s data"),
        subject=_("Your data: a link that is good for {minutes} minutes"),
        heading=_("Your data"),
        body=(
            _("This link opens what is held about you, to download it or to have it erased."),
            "{validite}",
            BUTTON,
            IF_NOT_ASKED,
        ),
        button=_("See my data"),
        page="data",
        common=OF_A_PERSON,
        own=("bouton", "minutes", "validite", "si_pas_demande"),
        required=("validite", "si_pas_demande"),
    ),
    "invitation": Mail(
        name=_("Invitation"),
        subject=_("You are invited: {seance}"),
        heading=_("You are invited"),
        body=(
            _("The organisers invite you to this session. It is open to invited people only."),
            FACTS,
            BUTTON,
            "{usage}",
            "{origine_adresse}",
        ),
        button=_("Register with my invitation"),
        page="invited",
        common=OF_A_SESSION,
        own=("dernier_jour", "usage", "origine_adresse"),
        required=("usage", "origine_adresse"),
        note=_("Only the address of who is invited is known, not their name."),
    ),
    "mailing": Mail(
        name=_("Mail of the staff"),
        subject="{objet}",
        heading="",
        body=("{message}", BUTTON),
        button=SEE,
        common=(*OF_A_PERSON, "seance", "lien_programme"),
        own=("bouton", "objet", "message"),
        required=("message",),
        in_subject=("objet",),
        note=_("What stands around each mail of “Write to registrants”: a greeting, a closing, a signature."),
    ),
}
