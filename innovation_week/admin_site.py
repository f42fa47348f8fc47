from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from innovation_week.chosen_edition import choose, chosen_edition, edition_choice, other_edition, show_edition
from innovation_week.dashboard import dashboard, introduction
from innovation_week.guide import guide_view, picture_view
from innovation_week.screen_help import screen_help
from innovation_week.search import search_view

# In the order of the work: what is made, by whom, where, then what the public gets and does.
NAMES = {"auth": _("Accounts"), "axes": _("Log-in attempts"), "planning": _("Preparation")}
APPS = ["programme", "speakers", "venues", "planning", "publishing", "registrations", "outbox", "auth", "axes"]
MODELS = ["Session", "Sequence", "Format", "Audience", "Edition", "Candidacy", "Speaker", "Registration", "Employer"]


class AdminSite(admin.AdminSite):
    site_title = _("Innovation week")
    site_header = _("Innovation week")
    index_title = _("Dashboard")
    site_url = None  # the header links to the chosen edition

    def get_urls(self) -> list[Any]:
        here: list[URLPattern] = [
            path("edition/", self.admin_view(self.choose_edition), name="choose_edition"),
            path("recherche/", self.admin_view(self.search), name="search"),
            path("guide/", self.admin_view(self.guide), name="guide"),
            path("guide/<slug:name>.png", self.admin_view(self.guide_picture), name="guide_picture"),
        ]
        return [*here, *super().get_urls()]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Times are read, typed and grouped in the edition's zone, whatever the server's."""

        def in_edition_time(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            edition = chosen_edition(request) if self.has_permission(request) else None
            zone = edition.time_zone if edition else timezone.get_default_timezone_name()
            with timezone.override(zone):
                response = view(request, *args, **kwargs)
                # Rendered later, times would be in the server's zone again.
                return response.render() if isinstance(response, SimpleTemplateResponse) else response

        return super().admin_view(in_edition_time, cacheable)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if self.has_permission(request):
            choice = context["edition_choice"] = edition_choice(request)
            context["site_url"] = reverse("publishing:home", args=[choice.chosen.slug]) if choice.chosen else None
            context["after_choice"] = _after_choice(request)
            # Asked when the page is rendered: some views look up their object after this.
            context["other_edition"] = lambda: other_edition(request)
            context |= screen_help(self, request)
        return context

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        help_of_page = {"introduction": introduction(chosen_edition(request)), "guide": "se-connecter-et-se-reperer"}
        return super().index(request, {**help_of_page, **dashboard(request, self), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["name"] = NAMES.get(app["app_label"], app["name"])
            app["models"].sort(key=lambda model: _place(MODELS, model["object_name"]))
        return sorted(apps, key=lambda app: _place(APPS, app["app_label"]))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """The page that asks says which edition it is about."""
        if (edition := request.GET.get("edition", "")).isdecimal():
            show_edition(request, int(edition))
        return super().autocomplete_view(request)

    def choose_edition(self, request: HttpRequest) -> HttpResponse:
        return _choose_edition(request)

    def search(self, request: HttpRequest) -> HttpResponse:
        return search_view(request, self)

    def guide(self, request: HttpRequest) -> HttpResponse:
        return guide_view(request, self)

    def guide_picture(self, request: HttpRequest, name: str) -> HttpResponseBase:
        return picture_view(request, f"{name}.png")


@require_POST
def _choose_edition(request: HttpRequest) -> HttpResponse:
    """Then back to where the person was, unless that page is about one object of another edition."""
    number = request.POST.get("edition", "")
    if number.isdecimal() and any(edition.pk == int(number) for edition in edition_choice(request).editions):
        choose(request, int(number))
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else reverse("admin:index"))


def _after_choice(request: HttpRequest) -> str:
    """Where choosing another edition leads: this page, or the list when the page is about one object."""
    match = request.resolver_match
    if match is None or "object_id" not in match.kwargs or not match.url_name:
        return request.path
    return reverse(f"admin:{match.url_name.rpartition('_')[0]}_changelist")


def _place(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)
