"""The pages that publish one session stand under its own address."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from publishing.admin.revert_page import revert_page
from publishing.admin.session_pages import cancel_page, postpone_page, publish_page
from publishing.admin.this_session import publishing_state
from sessions.models import Session


class PublishedOneByOne(admin.ModelAdmin):
    """For the admin of sessions; the template of the form gets ``publishing``."""

    introductions: Mapping[str, Any] = {
        "publish": _(
            "A release of this session alone: the last one with it replaced. Its people, its room and its sequence "
            "are brought up to date with it; everything else waits."
        ),
        "cancel": _(
            "The public is told at once that the session is cancelled, and nothing else of its draft. "
            "Registrations stay as they are."
        ),
        "postpone": _(
            "With a new date, the session moves; without, the public reads that it is postponed. "
            "Nothing else of its draft is published, and registrations stay as they are."
        ),
        "revert": _(
            "The draft of this session becomes again what the public sees now. What acts at once, such as the seats, "
            "is not touched, and the history keeps what is given up."
        ),
    }

    guides: Mapping[str, str] = dict.fromkeys(introductions, "depuis-la-fiche-dune-seance")

    def get_urls(self) -> list[Any]:
        pages = [
            ("publier", publish_page, "publish"),
            ("annuler", cancel_page, "cancel"),
            ("reporter", postpone_page, "postpone"),
            ("revenir", revert_page, "revert"),
        ]
        here = [
            path(
                f"<path:object_id>/{word}/",
                self.admin_site.admin_view(self._page(page)),
                name=f"programme_session_{name}",
            )
            for word, page, name in pages
        ]
        return [*here, *super().get_urls()]

    def _page(self, page: Any) -> Any:
        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            return page(self, request, object_id)

        return view

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Session | None = None,
    ) -> HttpResponse:
        if obj is not None and not context.get("is_popup"):
            context["publishing"] = publishing_state(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)
