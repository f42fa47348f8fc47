"""The pages that the law asks of the site: accessibility statement, legal notice, personal data."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from innovation_week.durations import LINK_REQUESTS
from sessions.models import Edition

FIVE_MINUTES = 5 * 60


def _edition(request: HttpRequest, notice: str) -> Edition | None:
    """The edition asked for with ``?edition=``, else the current one, with what the page and its footer tell."""
    editions = Edition.objects.select_related(notice, "accessibility_statement")
    if slug := request.GET.get("edition", ""):
        return get_object_or_404(editions, slug=slug)
    return editions.filter(is_current=True).first()


def _page(request: HttpRequest, notice: str, template: str) -> HttpResponse:
    """A statement takes effect as soon as it is saved: it is no part of a release."""
    edition = _edition(request, notice)
    today = timezone.localdate()
    context = {
        "edition": edition,
        "notice": getattr(edition, notice, None),
        "message_days": settings.MESSAGE_DAYS,
        "request_days": LINK_REQUESTS.days,
        "status": edition.accessibility_status(today) if edition else "none",
    }
    return render(request, template, context)


@require_safe
@cache_control(public=True, max_age=FIVE_MINUTES)
def accessibility(request: HttpRequest) -> HttpResponse:
    return _page(request, "accessibility_statement", "notices/accessibility.html")


@require_safe
@cache_control(public=True, max_age=FIVE_MINUTES)
def legal(request: HttpRequest) -> HttpResponse:
    return _page(request, "legal_notice", "notices/legal.html")


@require_safe
@cache_control(public=True, max_age=FIVE_MINUTES)
def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, "privacy_notice", "notices/privacy.html")
