"""The two kinds of file that are neither pages nor collected static files."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

ONE_YEAR = 365 * 24 * 60 * 60


@require_safe
def portrait(request: HttpRequest, path: str) -> FileResponse:
    """A portrait, for ever: a new picture has a new name. Nothing else of the media folder is served."""
    try:
        file = default_storage.open(path)
    except OSError as error:
        raise Http404 from error
    headers = {"Cache-Control": f"public, max-age={ONE_YEAR}, immutable"}
    return FileResponse(file, content_type="image/jpeg", headers=headers)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    parts = ("admin", "B", "billets", "espace", "inscriptions", "invitations", "retroplanning")
    private = [f"{prefix}/{part}/" for part in parts for prefix in ("", "/en")]
    forbidden = ["/"] if settings.DEMO or settings.TRAINING else private
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in forbidden)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
