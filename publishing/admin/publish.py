"""“Publier”: what would change, what stands in the way, and the button."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from innovation_week.chosen_edition import chosen_edition
from innovation_week.limits import sees_all
from publishing.admin import changes as telling
from publishing.admin.forms import PublishForm
from publishing.current import of
from publishing.diff import Changes
from publishing.models import Release
from publishing.publish import Draft, draft, publish
from registrations.models import Registration
from sessions.models import Edition

if TYPE_CHECKING:
    from publishing.admin.releases import ReleaseAdmin


def publish_view(model_admin: "ReleaseAdmin", request: HttpRequest) -> HttpResponse:
    if not (model_admin.has_view_permission(request) and sees_all(request)):
        raise PermissionDenied
    may_publish = request.user.has_perm("publishing.add_release")
    if request.method == "POST" and not may_publish:
        raise PermissionDenied
    edition = chosen_edition(request)
    if edition is None:
        messages.info(request, gettext("Make an edition first: a programme belongs to one."))
        return redirect("admin:programme_edition_changelist")
    form = PublishForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid() and (release := _publish(request, form, edition)):
        messages.success(request, _done(release))
        return redirect("admin:publishing_release_changelist")
    proposed = draft(edition)
    context = {
        **model_admin.admin_site.each_context(request),
        **_described(proposed),
        "title": gettext("Publish"),
        "opts": model_admin.opts,
        "edition": edition,
        "draft": proposed,
        "form": _shown(form, edition, proposed),
        "may_publish": may_publish,
    }
    return TemplateResponse(request, "admin/publishing/release/publish.html", context)


def _publish(request: HttpRequest, form: PublishForm, edition: Edition) -> Release | None:
    """None when it is refused: the form then says why."""
    data = form.cleaned_data
    assert isinstance(request.user, User)
    try:
        if data["edition"] != edition.pk:
            raise ValidationError(gettext("The edition was changed meanwhile. Check which one you want to publish."))
        return publish(edition, note=data["note"], user=request.user, expected=data["expected"])
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _shown(form: PublishForm | None, edition: Edition, proposed: Draft) -> PublishForm:
    """The numbers sent back are always those of the changes on the screen, also after a refusal."""
    seen = {"edition": edition.pk, "expected": proposed.last.number if proposed.last else 0}
    if form is None:
        return PublishForm(initial=seen)
    form.data = {**dict(form.data.items()), **seen}
    return form


def _described(proposed: Draft) -> dict[str, object]:
    old = of(proposed.last).programme if proposed.last else None
    return {
        "sections": telling.sections(proposed.changes, old, proposed.programme, _left_behind(proposed.changes)),
        "around": telling.around(proposed.changes),
    }


def _left_behind(changes: Changes) -> dict[str, int]:
    """How many people hold a seat in each session that this release takes away: no mail tells them."""
    codes = [item.code for item in changes.removed] + [change.new.code for change in changes.called_off]
    held = Registration.objects.live().filter(session__code__in=codes)
    return dict(held.order_by().values_list("session__code").annotate(Count("pk")))


def _done(release: Release) -> str:
    slug = release.edition.slug
    return format_html(
        gettext(
            "Release {} is online. See <a href='{}'>the public pages</a>, "
            "<a href='{}'>what is new</a> or <a href='{}'>the programme in PDF</a>."
        ),
        release.number,
        reverse("publishing:home", args=[slug]),
        reverse("publishing:news", args=[slug]),
        reverse("exports:booklet", args=[slug]),
    )
