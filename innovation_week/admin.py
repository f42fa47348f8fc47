from typing import Any

from axes.admin import AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db import models
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from dsfr.admin import DsfrConfig

from innovation_week.actors import SECOND_FACTOR
from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.limits import is_limited
from innovation_week.back_office.model_admin import LabelledFields, ReadOnlyAdmin, without
from innovation_week.back_office.rights import RightsField, rights_of, rights_to_grant
from innovation_week.back_office.second_factor import forget
from innovation_week.durations import EXPORTS, LOGINS
from innovation_week.models import AccountLimit, PersonalExport
from innovation_week.one_entry import one_entry

admin.site.unregister([User, Group, AccessAttempt, AccessFailureLog, AccessLog])
# Its settings are those of templates that we do not use.
admin.site.unregister(DsfrConfig)


class LimitForm(forms.ModelForm):
    class Meta:
        model = AccountLimit
        exclude: list[str] = []

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("only_some_sequences") and not self.cleaned_data.get("sequences"):
            self.add_error("sequences", _("Choose the sequences that the account is limited to."))

    def save(self, commit: bool = True) -> AccountLimit:
        with one_entry(self.instance):
            limit: AccountLimit = super().save(commit)
        return limit


class LimitInline(LabelledFields, admin.StackedInline):
    model = AccountLimit
    form = LimitForm
    fields = ["ends_on", "only_some_sequences", "sequences"]
    autocomplete_fields = ["sequences"]


# Their forms show the keys of telephones.
admin.site.unregister([TOTPDevice, StaticDevice])


@admin.register(User)
class UserAdmin(HistoryAdmin, DjangoUserAdmin):
    """Who is not a superuser manages accounts through roles, and can make nobody more than that.

    An account that is limited manages none: it would lift its own limit.
    """

    introduction = _("Accounts of the staff. What each may do comes from their roles (groups).")
    guide = "comptes"
    list_display = ["username", "first_name", "last_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "groups", "is_superuser"]
    search_fields = ["username__folded", "first_name__folded", "last_name__folded", "email__folded"]
    search_help_text = _("Name or address; accents and capitals do not matter.")
    found_by = ["username", "first_name", "last_name", "email"]
    filter_horizontal = []  # its two lists have no name that a screen reader would say
    inlines = [LimitInline]
    actions = ["reset_second_factor"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def found_detail(self, obj: User) -> str:
        return " · ".join(part for part in (obj.get_full_name(), obj.email) if part)

    def within_limits(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset  # the names of colleagues are choices of forms; the pages about them are refused below

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return not is_limited(request) and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not is_limited(request) and super().has_add_permission(request)

    def get_inlines(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.inlines if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        dates = ["last_login", "date_joined"]
        return dates if request.user.is_superuser else ["is_superuser", *dates]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Nobody is granted a right one by one: a person's rights are those of their roles."""
        return without(super().get_fieldsets(request, obj), ["user_permissions"])

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_protected = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not (is_protected or is_limited(request)) and bool(super().has_change_permission(request, obj))

    @admin.action(description=_("Reset the second factor (lost telephone)"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        """They link a telephone again at their next log-in. The history of the account says who did it."""
        number = 0
        for user in queryset:
            if self.has_change_permission(request, user) and forget(user):
                vars(user)["_change_reason"] = SECOND_FACTOR
                user.save(update_fields=["is_active"])  # as it was: for the entry in the history
                number += 1
        told = ngettext("%(number)d second factor is reset.", "%(number)d second factors are reset.", number)
        self.message_user(request, told % {"number": number}, messages.SUCCESS if number else messages.WARNING)

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class GroupAdmin(HistoryAdmin, DjangoGroupAdmin):
    introduction = _("The roles of the staff. What each may do comes with the software; a new role is made of rights.")
    guide = "comptes"
    readonly_fields = ["rights"]
    filter_horizontal = []  # as above

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        may_grant = self.has_change_permission(request, obj) if obj else True
        return ["name", "permissions" if may_grant else "rights"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            kwargs |= {"form_class": RightsField, "queryset": rights_to_grant(self.admin_site)}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("rights"))
    def rights(self, group: Group) -> str:
        return rights_of(group)

    def get_queryset(self, request: HttpRequest) -> Any:
        # Who may only look reads each right with the name of what it is about.
        return super().get_queryset(request).prefetch_related("permissions__content_type")


@admin.register(PersonalExport)
class PersonalExportAdmin(ReadOnlyAdmin):
    introduction = format_lazy(
        _("Who took a list of people out of the site, when, narrowed to what. Kept for {days} days, then erased."),
        days=EXPORTS.days,
    )
    guide = "comptes"
    when_empty = _("Nothing to report.")
    limited_rights = ""
    list_display = ["at", "username", "what", "rows", "narrowed"]
    list_filter = ["what"]
    date_hierarchy = "at"
    search_fields = ["username", "narrowed__folded"]


class LogAdmin(ReadOnlyAdmin):
    """Who logged in, or tried to: personal data, and proof of what happened. Superusers read it, nobody rewrites it."""

    guide = "comptes"
    when_empty = _("Nothing to report.")
    introduction = format_lazy(
        _("Kept for {days} days, then erased. After too many wrong passwords, log-in pauses for a while by itself."),
        days=LOGINS.days,
    )

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(AccessAttempt)
class AttemptAdmin(LogAdmin, AccessAttemptAdmin):
    pass


@admin.register(AccessFailureLog)
class FailureAdmin(LogAdmin, AccessFailureLogAdmin):
    pass


@admin.register(AccessLog)
class LogInAdmin(LogAdmin, AccessLogAdmin):
    pass
