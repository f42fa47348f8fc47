from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.utils.translation import gettext_lazy as _


class InnovationWeekConfig(AppConfig):
    name = "innovation_week"
    verbose_name = _("Innovation week")

    def ready(self) -> None:
        from innovation_week import checks  # noqa: F401  # registers the system checks


class AdminConfig(DjangoAdminConfig):
    default_site = "innovation_week.admin_site.AdminSite"
