from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "sessions"
    # "sessions" belongs to django.contrib.sessions.
    label = "programme"
    verbose_name = _("Programme")
