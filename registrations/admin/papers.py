"""Ticket, convocation and certificate of a person, printed by the staff."""

import functools
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from exports.layout import TypesettingError
from exports.paper_views import pdf_response
from exports.papers import Busy, Paper
from registrations.models import Registration
from registrations.published import find
from registrations.tickets import code_of

ADDRESSES = {Paper.TICKET: "billet.pdf", Paper.CONVOCATION: "convocation.pdf", Paper.CERTIFICATE: "attestation.pdf"}


class PrintsPapers(admin.ModelAdmin):
    def get_urls(self) -> list[Any]:
        here = [
            path(
                f"<path:object_id>/{address}",
                self.admin_site.admin_view(require_safe(functools.partial(self._paper_view, paper=paper))),
                name=f"registrations_registration_{paper}",
            )
            for paper, address in ADDRESSES.items()
        ]
        return [*here, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        registration: Any = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if registration:
            context = {"papers": _papers_of(registration), "ticket_code": code_of(registration)}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _paper_view(self, request: HttpRequest, object_id: str, paper: Paper) -> HttpResponse:
        """In the language of the person, who will show it."""
        registration: Any = self.get_object(request, object_id)
        if registration is None or not self.has_view_permission(request, registration):
            raise PermissionDenied
        published = find(registration.session.edition.slug, registration.session.code)
        if published and paper.is_for(registration, published):
            try:
                with translation.override(registration.language):
                    return pdf_response(paper, registration, published)
            except (Busy, TypesettingError):
                refused = gettext("This paper cannot be made at the moment. Try again in a few minutes.")
        else:
            refused = gettext("As things stand, this registration gives no right to this paper.")
        self.message_user(request, refused, messages.WARNING)
        return redirect("admin:registrations_registration_change", registration.pk)


def _papers_of(registration: Registration) -> list[str]:
    published = find(registration.session.edition.slug, registration.session.code)
    return [paper for paper in Paper if published and paper.is_for(registration, published)]
