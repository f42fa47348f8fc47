from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistrationsConfig(AppConfig):
    name = "registrations"
    verbose_name = _("Registrations")

    def ready(self) -> None:
        from outbox.preparation import prepare_with
        from registrations import (
            announcements,
            connection_changes,
            holds,
            invitations,
            mailings,
            mails,
            notices,
            reminders,
            resending,
            waiting_list,
        )

        for kind in announcements.SAID:
            prepare_with(kind, announcements.still_so)
        prepare_with(mails.HOLD, holds.start)
        prepare_with(mails.REMINDER, holds.keep_on)
        prepare_with(mails.OFFER, holds.start)
        prepare_with(mails.OFFER_REMINDER, holds.keep_on)
        prepare_with(mails.LINKS, resending.fill)
        prepare_with(mails.MAILING, mailings.write)
        prepare_with(mails.CHANGED, notices.write)
        prepare_with(mails.CONNECTION, connection_changes.write)
        prepare_with(mails.SET_ASIDE, waiting_list.still_set_aside)
        for kind in mails.AROUND:
            prepare_with(kind, reminders.write)
        prepare_with(mails.DATA, resending.still_opens)
        prepare_with(mails.INVITATION, invitations.write_mail)
