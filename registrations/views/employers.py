from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from publishing.current import released
from registrations.employers import names


@require_safe
@gzip_page
@cache_control(public=True, max_age=300)
def listed(request: HttpRequest, edition: str) -> JsonResponse:
    """The names that static/js/employers.js searches, when they are too many for the page of the form."""
    found = released(edition)
    if found is None:
        raise Http404(_("No programme is published at this address."))
    return JsonResponse(names(found.edition), safe=False, json_dumps_params={"ensure_ascii": False})
