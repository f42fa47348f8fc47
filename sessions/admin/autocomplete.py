"""Autocompletes that know what is chosen: Django's own asks the database once for each."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect

from innovation_week.back_office.form_versions import LONGEST_KEY
from innovation_week.back_office.model_admin import AutocompleteInEdition


class LabelledAutocomplete(AutocompleteSelect):
    labels: dict[str, str] = {}

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        # Django asks the database for whatever was sent, and fails on what is no key.
        value = [key for key in value if str(key).isdecimal() and len(str(key)) < LONGEST_KEY]
        chosen = [str(key) for key in value if str(key) in self.labels]
        if not chosen:
            return super().optgroups(name, value, attr)
        return [(None, [self.create_option(name, key, self.labels[key], True, 0) for key in chosen], 0)]


class LabelledInEdition(LabelledAutocomplete, AutocompleteInEdition):
    pass
