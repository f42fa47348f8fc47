"""Two lines of help on every screen of the back-office, and a link to the section of the guide that tells more.

The admin of a model says them (see ModelAdmin); a page of our own puts ``introduction``, and ``guide`` when another
section than its model's tells of it, into its context.
"""

from typing import Any

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# Pages that are the same for every model, and those of the site itself.
PAGES = {
    "history": _(
        "Who changed what, when, from which value to which, newest first. Changes made by services, imports and "
        "personal links stand here too."
    ),
    "delete": _(
        "Read what would go with it before you confirm. What is deleted can be brought back from its list: “Deleted”."
    ),
    "restore": _("What going back to this version would change. Tick what is to be restored: the rest stays as it is."),
    "restoreline": _("What going back to this version of the line would change; the rest of the page stays as it is."),
    "deleted": _("What was deleted and can be brought back, newest first. What was ever published is never here."),
    "undelete": _("What will be made again. Its history goes on where it stopped."),
    "login": _(
        "A project lead gives the name and the password, and another password when one is forgotten. After five wrong "
        "ones, log-in pauses for a quarter of an hour."
    ),
    "password_change": _("Twelve characters or more. A sentence that only you know is better than a short riddle."),
    "password_change_done": _("Your new password works from now on, on every machine."),
    "second_factor": _("The telephone that you have linked shows a code of six digits, another one every half minute."),
    "second_factor_setup": _(
        "Your role sees personal data: a password alone is not enough. Your telephone will give a code of six digits "
        "at each log-in. It takes two minutes, once."
    ),
    "second_factor_codes": _("Each of these codes opens the back-office once, on a day without your telephone."),
    "archive": _("What is archived leaves the lists and the next release; its registrations and its history stay."),
    "unarchive": _("What is taken out of the archives comes back to the lists, in the state that it had before."),
    "app_list": _("One part of the back-office: each line opens a list."),
}
GUIDES = dict.fromkeys(
    ["history", "delete", "restore", "restoreline", "deleted", "undelete", "archive", "unarchive"], "ne-rien-perdre"
)
FORMS = ("add", "change")
ACCOUNT = "se-connecter-et-se-reperer"  # tells of the pages of the site itself


def help_of(page: str) -> dict[str, Any]:
    """For a page that is not at an address of its own."""
    return {"introduction": PAGES[page], "guide": GUIDES[page]}


def screen_help(site: AdminSite, request: HttpRequest) -> dict[str, Any]:
    """``introduction`` and ``guide``, the anchor of a heading, of the page that the request asks for."""
    name = request.resolver_match.url_name if request.resolver_match else None
    model_admin, page = _place(site, name or "")
    introduction, guide = getattr(model_admin, "introduction", ""), getattr(model_admin, "guide", ACCOUNT)
    if page in FORMS:
        introduction = getattr(model_admin, "form_introduction", "") or introduction
        guide = getattr(model_admin, "form_guide", "") or guide
    elif page != "changelist":
        introduction = getattr(model_admin, "introductions", {}).get(page) or PAGES.get(page, "")
        guide = getattr(model_admin, "guides", {}).get(page) or GUIDES.get(page) or guide
    return {"introduction": introduction, "guide": guide}


def _place(site: AdminSite, name: str) -> tuple[Any, str]:
    """The model's admin and the kind of page in ``programme_session_change``; (None, name) for other pages."""
    for model, model_admin in site._registry.items():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        if name.startswith(prefix):
            return model_admin, name.removeprefix(prefix)
    return None, name
