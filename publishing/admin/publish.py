"""“Publier”: what would change, what stands in the way, what to take, and the button."""

import dataclasses as dc
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.limits import sees_all
from innovation_week.publication import publish
from planning.conflicts import Conflict
from publishing.admin import changes as telling
from publishing.admin.forms import PublishForm
from publishing.admin.notices_ahead import notices_ahead, tell_drafts, told_at_once
from publishing.admin.seat_proposals import FIELD, accept, seat_proposals
from publishing.checks import FORCE
from publishing.current import of
from publishing.diff import changes
from publishing.models import Release
from publishing.publish import Draft, draft, lock_edition, without_blocked
from registrations.notices import people_of
from sessions.models import Edition, Session

if TYPE_CHECKING:
    from publishing.admin.releases import ReleaseAdmin

LOOKS = {"look", "look_all"}  # buttons that show what a choice makes: of the ticked sessions, of all
CHOICE = "choice-"  # name of the field of a blocked session, before its code


@dc.dataclass(frozen=True, slots=True)
class Choice:
    """What the person asked for: sessions to take (None for all), and what to do with those that are blocked."""

    only: frozenset[str] | None
    ticked: frozenset[str]
    blocked: dict[str, str]  # by code: "keep", "take" or "force"
    seats: frozenset[str]  # whose room gives their number

    @classmethod
    def of(cls, data: QueryDict) -> Self:
        ticked = frozenset(data.getlist("only"))
        blocked = {name.removeprefix(CHOICE): str(data[name]) for name in data if name.startswith(CHOICE)}
        is_chosen = "look" in data or data.get("scope") == "chosen"
        return cls(ticked if is_chosen else None, ticked, blocked, frozenset(data.getlist(FIELD)))

    def codes(self, word: str) -> frozenset[str]:
        return frozenset(code for code, chosen in self.blocked.items() if chosen == word)


@dc.dataclass(frozen=True, slots=True)
class Blocked:
    """A session that something stops, and what is to be done with it."""

    session: Session
    conflicts: tuple[Conflict, ...]
    is_public: bool
    depends_on_others: bool  # leaving out others that change may be enough
    choice: str

    @property
    def name(self) -> str:
        return f"{CHOICE}{self.session.code}"


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
    choice = Choice.of(request.POST)
    asked = request.method == "POST" and not LOOKS & request.POST.keys()
    form = PublishForm(request.POST) if asked else None
    if form is not None and form.is_valid() and (release := _publish(request, form, edition, choice)):
        messages.success(request, _done(release))
        tell_drafts(request, release)
        return redirect("admin:publishing_release_changelist")
    if choice.only is not None and not choice.only:
        messages.warning(request, gettext("Tick the sessions to publish first, or publish everything."))
        choice = dc.replace(choice, only=None)
    notes = {name: request.POST.get(name, "") for name in ("note", "reason")}
    context: dict[str, Any] = {
        **model_admin.admin_site.each_context(request),
        **_described(edition, choice, form, notes, may_publish=may_publish),
        "title": gettext("Publish"),
        "opts": model_admin.opts,
        "edition": edition,
        "may_publish": may_publish,
        "may_force": request.user.has_perm(FORCE),
    }
    context["notices_ahead"] = notices_ahead(request, context["draft"], context["people"]) if may_publish else []
    return TemplateResponse(request, "admin/publishing/release/publish.html", context)


def _publish(request: HttpRequest, form: PublishForm, edition: Edition, choice: Choice) -> Release | None:
    """None when it is refused: the form then says why."""
    data = form.cleaned_data
    assert isinstance(request.user, User)
    try:
        if data["edition"] != edition.pk:
            raise ValidationError(gettext("The edition was changed meanwhile. Check which one you want to publish."))
        if choice.only is None and choice.ticked:
            message = gettext("Some sessions are ticked: look at those alone, or untick them to publish everything.")
            raise ValidationError(message, code="ticked")
        with transaction.atomic():
            lock_edition(edition)  # before the rows of sessions
            accept(edition, choice.seats)
            return publish(
                edition,
                tell_at_once=told_at_once(request),
                note=data["note"],
                user=request.user,
                expected=data["expected"],
                only=choice.only,
                leave_out=choice.codes("keep") - choice.seats,
                force=choice.codes("force"),
                reason=data["reason"],
            )
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _described(
    edition: Edition, choice: Choice, form: PublishForm | None, notes: dict[str, str], *, may_publish: bool
) -> dict[str, object]:
    """The release that the choice makes, those it stops, and what it leaves for later."""
    whole = draft(edition)
    asked = draft(edition, only=choice.only, same=whole) if choice.only is not None else whole
    if choice.blocked:
        left = choice.codes("keep")
    else:
        _proposed, left = without_blocked(asked, only=choice.only)
    proposed = draft(edition, only=choice.only, leave_out=left - choice.seats, same=whole)
    proposals = seat_proposals([asked, proposed], choice.seats) if may_publish else []
    settled = {each.session.code for each in proposals if each.is_accepted}
    old = of(whole.last).programme if whole.last else None
    remaining = changes(proposed.programme, whole.programme)
    people = people_of(proposed.changes.codes)
    form = form or PublishForm(initial=notes)
    form.as_seen(edition=edition.pk, expected=whole.last.number if whole.last else 0)
    return {
        "draft": proposed,
        "form": form,
        "is_chosen": choice.only is not None,
        "may_choose": may_publish and choice.only is None and proposed.changes.count > 1,
        "only": sorted(choice.only or ()),
        "ticked": choice.ticked,
        "blocked": _blocked([asked, proposed], choice, settled),
        "seat_proposals": proposals,
        "people": people,
        "sections": telling.sections(proposed.changes, old, proposed.programme, people),
        "around": telling.around(proposed.changes),
        "remaining": remaining,
        "remaining_around": telling.around(remaining),
    }


def _blocked(drafts: list[Draft], choice: Choice, settled: Collection[str]) -> list[Blocked]:
    """Each session that something stops in one of these, with all that does; not what the seats ticked settle."""
    last = drafts[0].last
    known = of(last).programme.item_by_code if last else {}
    codes = {code for each in drafts for code in each.blocked}
    blocks = {block for each in drafts for block in each.blocks}
    found: dict[Session, list[Conflict]] = {}
    for block in sorted(blocks, key=lambda block: (block.code, block.message)):
        for session in block.sessions:
            if session.code in codes and not (block.code == "room_too_small" and session.code in settled):
                found.setdefault(session, []).append(block)
    return [
        Blocked(
            session,
            tuple(conflicts),
            is_public=session.code in known,
            depends_on_others=all(found.keys() & set(each.sessions) - {session} for each in conflicts),
            choice=choice.blocked.get(session.code, "keep"),
        )
        for session, conflicts in sorted(found.items(), key=lambda pair: (pair[0].title, pair[0].pk))
    ]


def _done(release: Release) -> str:
    slug = release.edition.slug
    return format_html(
        gettext(
            "Release no. {} is online. See <a href='{}'>the public pages</a>, "
            "<a href='{}'>what is new</a> or <a href='{}'>the programme in PDF</a>."
        ),
        release.number,
        reverse("publishing:home", args=[slug]),
        reverse("publishing:news", args=[slug]),
        reverse("exports:booklet", args=[slug]),
    )
