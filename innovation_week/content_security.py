"""The Content-Security-Policy of most answers is the same, so it is written once."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property

# What the decorators of django-csp leave on the answer of a view with a policy of its own.
OWN = {"_csp_config", "_csp_update", "_csp_replace", "_csp_exempt"}


class OnePolicyMiddleware(CSPMiddleware):
    """django-csp, which writes the policy of the site once; no template of ours asks for a nonce."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # Django's own pages of errors are styled inline.
        if settings.DEBUG or not OWN.isdisjoint(vars(response)) or getattr(request, "_csp_nonce", None):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._policy)
        return response

    @cached_property
    def _policy(self) -> str:
        return build_policy()
