from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _
from simple_history.signals import pre_create_historical_record

# Of apps that are not ours, in menus and on the way to a page.
NAMES = {"auth": _("Accounts"), "axes": _("Log-in attempts")}


class InnovationWeekConfig(AppConfig):
    name = "innovation_week"
    verbose_name = _("Exports")  # what the menu shows of it

    def ready(self) -> None:
        from innovation_week.actors import name_the_actor
        from innovation_week.checks import staff_log_in_asks_for_a_second_factor, state_theme_belongs_to_the_state

        for label, name in NAMES.items():
            apps.get_app_config(label).verbose_name = name
        # A library's hook, not a signal of ours: it also serves models that are yet to come.
        pre_create_historical_record.connect(name_the_actor)
        checks.register(state_theme_belongs_to_the_state, checks.Tags.security, deploy=True)
        checks.register(staff_log_in_asks_for_a_second_factor, checks.Tags.security, deploy=True)


class AdminConfig(DjangoAdminConfig):
    default_site = "innovation_week.back_office.admin_site.AdminSite"
