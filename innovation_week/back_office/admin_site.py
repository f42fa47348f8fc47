import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from innovation_week.back_office import second_factor, staff_log_in
from innovation_week.back_office.chosen_edition import (
    choose,
    chosen_edition,
    edition_choice,
    other_edition,
    show_edition,
    was_read_in_another,
)
from innovation_week.back_office.dashboard import dashboard, introduction
from innovation_week.back_office.guide import guide_view, log_in_view, picture_view
from innovation_week.back_office.kept_filters import carried
from innovation_week.back_office.limits import is_limited, sees_all
from innovation_week.back_office.screen_help import screen_help
from innovation_week.back_office.search import search_view
from sessions.models import Edition

# In the order of the work: what is made, by whom, where, then what the public gets and does.
APPS = [
    "programme",
    "speakers",
    "venues",
    "planning",
    "publishing",
    "registrations",
    "exports",
    "outbox",
    "innovation_week",
    "auth",
    "axes",
]
MODELS = [
    "Session",
    "Sequence",
    "Format",
    "Audience",
    "Edition",
    "Candidacy",
    "Speaker",
    "Registration",
    "AccessNeed",
    "Invitation",
    "Notice",
    "Mailing",
    "MailText",
    "Employer",
]


# What somebody may do with their password alone.
BEFORE_SECOND_FACTOR = {
    "logout",
    "jsi18n",
    "second_factor",
    "second_factor_setup",
    "second_factor_codes",
}


class AdminSite(admin.AdminSite):
    site_title = _("Innovation week")
    site_header = _("Innovation week")
    index_title = _("Dashboard")
    site_url = None  # the header links to the chosen edition
    empty_value_display = "–"

    def get_urls(self) -> list[Any]:
        here: list[URLPattern] = [
            path("edition/", self.admin_view(self.choose_edition), name="choose_edition"),
            path("second-facteur/", self.admin_view(self.second_factor), name="second_factor"),
            path("second-facteur/telephone/", self.admin_view(self.second_factor_setup), name="second_factor_setup"),
            path("second-facteur/codes/", self.admin_view(self.second_factor_codes), name="second_factor_codes"),
            path("recherche/", self.admin_view(self.search), name="search"),
            path("connexion/", self.log_in_help, name="log_in_help"),
            path("guide/", self.admin_view(self.guide), name="guide"),
            path("r/<int:content_type_id>/<str:object_id>/", self.admin_view(self.view_on_site), name="view_on_site"),
            path("guide/<slug:name>.png", self.admin_view(self.guide_picture), name="guide_picture"),
        ]
        return [*here, *super().get_urls()]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """For complete log-ins only; times are those of the edition's zone, whatever the server's."""

        def in_edition_time(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            edition = chosen_edition(request) if self.has_permission(request) else None
            zone = edition.time_zone if edition else timezone.get_default_timezone_name()
            if edition and was_read_in_another(request):
                return _nothing_done(request, edition)
            with timezone.override(zone):
                response = view(request, *args, **kwargs)
                # Rendered later, times would be in the server's zone again.
                return response.render() if isinstance(response, SimpleTemplateResponse) else response

        inner = super().admin_view(in_edition_time, cacheable)

        def with_log_in(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not super(AdminSite, self).has_permission(request):
                return inner(request, *args, **kwargs)
            if staff_log_in.has_ended(request):
                return _end(request)
            staff_log_in.keep_alive(request)
            if not self.has_permission(request):
                return redirect(f"{reverse('admin:second_factor')}?next={quote(request.get_full_path())}")
            return inner(request, *args, **kwargs)

        return functools.update_wrapper(with_log_in, inner)

    def has_permission(self, request: HttpRequest) -> bool:
        """Also asked by pages elsewhere that are for the staff, such as previews."""
        if not super().has_permission(request) or staff_log_in.has_ended(request):
            return False
        name = request.resolver_match.url_name if request.resolver_match else ""
        return name in BEFORE_SECOND_FACTOR or staff_log_in.is_complete(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "GET" and super().has_permission(request):
            if staff_log_in.has_ended(request):
                return _end(request)
            if not staff_log_in.is_complete(request):
                next_page = request.GET.get("next", "")
                return redirect(f"{reverse('admin:second_factor')}?next={quote(next_page)}")
        response: HttpResponse = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            staff_log_in.begin(request)
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        context["second_factor_is_off"] = staff_log_in.is_off()
        if not (context["has_permission"] and staff_log_in.is_complete(request)):
            # The pages before the second factor tell nothing of the rest.
            context["introduction"] = screen_help(self, request)["introduction"]
            context |= {"has_permission": False, "available_apps": [], "is_nav_sidebar_enabled": False}
        else:
            context["menu_key"] = _menu_key(request)
            context["manages_second_factor"] = staff_log_in.manages_second_factor(request)
            choice = context["edition_choice"] = edition_choice(request)
            context["site_url"] = reverse("publishing:home", args=[choice.chosen.slug]) if choice.chosen else None
            context["after_choice"] = _after_choice(request)
            # Asked when the page is rendered: some views look up their object after this.
            context["other_edition"] = lambda: other_edition(request)
            context |= screen_help(self, request)
            context["preserved_filters"] = carried(request)
        return context

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        help_of_page = {"introduction": introduction(chosen_edition(request)), "guide": "le-tableau-de-bord"}
        return super().index(request, {**help_of_page, **dashboard(request, self), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """A list, made when a page looks at it: most find the menu ready (see ``_menu_key``)."""
        return SimpleLazyObject(lambda: self._apps(request, app_label))

    def _apps(self, request: HttpRequest, app_label: str | None) -> list[Any]:
        """``is_here`` tells ``admin/app_list.html`` where the page is."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["is_here"] = request.path.startswith(app["app_url"])
            for model in app["models"]:
                list_name = getattr(self._registry[model["model"]], "list_name", "")
                model["name"] = capfirst(list_name) if list_name else model["name"]
                model["is_here"] = bool(model["admin_url"]) and request.path.startswith(model["admin_url"])
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

    def second_factor(self, request: HttpRequest) -> HttpResponse:
        return second_factor.code_view(request, self)

    def second_factor_setup(self, request: HttpRequest) -> HttpResponse:
        return second_factor.setup_view(request, self)

    def second_factor_codes(self, request: HttpRequest) -> HttpResponse:
        return second_factor.codes_view(request, self)

    def view_on_site(self, request: HttpRequest, content_type_id: int, object_id: str) -> Any:
        """Django's own gives the public address of any row, also of one that the account may not know of."""
        model = get_object_or_404(ContentType, pk=content_type_id).model_class()
        model_admin = self._registry.get(model) if model else None
        obj = model_admin.get_object(request, object_id) if model_admin else None
        if model_admin is None or obj is None or not model_admin.has_view_permission(request, obj):
            raise Http404
        return shortcut(request, content_type_id, object_id)

    def guide(self, request: HttpRequest) -> HttpResponse:
        return guide_view(request, self)

    def log_in_help(self, request: HttpRequest) -> HttpResponse:
        return log_in_view(request, self)

    def guide_picture(self, request: HttpRequest, name: str) -> HttpResponseBase:
        return picture_view(request, f"{name}.png")


def _menu_key(request: HttpRequest) -> str:
    """All that the menu of ``admin/nav_sidebar.html`` depends on: rights, language, and which line is the page's."""
    user: Any = request.user
    home = reverse("admin:index")
    here = request.path.removeprefix(home).split("/")[:2]
    limits = [user.is_superuser, is_limited(request), sees_all(request)]
    return " ".join([get_language() or "", home, *here, *map(str, limits), *sorted(user.get_all_permissions())])


def _end(request: HttpRequest) -> HttpResponse:
    """Told at log-in, with what became of a form that was being sent."""
    told = gettext("You were logged out after %(minutes)d minutes without activity, or after eight hours.")
    lines = [told % {"minutes": settings.STAFF_IDLE_MINUTES}]
    if request.method == "POST":
        lines.append(
            gettext("What you sent was not saved: log in in another tab, come back here with “Back” and send it again.")
        )
    logout(request)
    messages.warning(request, " ".join(lines))
    return redirect_to_login(request.get_full_path(), reverse("admin:login"))


def _nothing_done(request: HttpRequest, edition: Edition) -> HttpResponse:
    """An action on “all of the list”, or a file of it, would be about people that nobody looked at."""
    told = gettext("Nothing was done: another edition was chosen meanwhile, in another window. This list is of “%s”.")
    messages.warning(request, told % edition.name)
    return redirect(_list_around(request) or reverse("admin:index"))


def _list_around(request: HttpRequest) -> str:
    """Of the model that the page is about; "" for pages of the site itself."""
    name = (request.resolver_match and request.resolver_match.url_name) or ""
    try:
        return reverse(f"admin:{name.rpartition('_')[0]}_changelist")
    except NoReverseMatch:
        return ""


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
    if match is None or "object_id" not in match.kwargs:
        return request.path
    return _list_around(request) or request.path


def _place(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)
