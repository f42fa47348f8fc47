"""Sentences of Django’s admin that its French says clumsily, or of a man only.

Named here, they stay in our catalogue, which comes before Django’s. Only those without a plural: our catalogue and
Django’s do not count alike.
"""

from django.utils.translation import gettext_noop

REWORDED = [
    gettext_noop(
        "Please enter the correct %(username)s and password for a staff account. Note that both fields may be "
        "case-sensitive."
    ),
    gettext_noop("Delete selected %(verbose_name_plural)s"),
    gettext_noop("Add %(name)s"),
    gettext_noop("Add another %(verbose_name)s"),
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("The %(name)s “%(obj)s” was deleted successfully."),
    gettext_noop(
        'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? '
        "All of the following related items will be deleted:"
    ),
    gettext_noop("Cannot delete %(name)s"),
    gettext_noop("Yes, I’m sure"),
    gettext_noop("This object doesn’t have a change history. It probably wasn’t added via this admin site."),
]
