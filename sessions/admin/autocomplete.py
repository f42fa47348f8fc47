"""Autocompletes that know what is chosen: Django's own asks the database once for each."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect

from innovation_week.model_admin import AutocompleteInEdition


class LabelledAutocomplete(AutocompleteSelect):
    labels: dict[str, str] = {}

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        chosen = [str(key) for key in value if str(key) in self.labels]
        if not chosen:
            return super().optgroups(name, value, attr)
        return [(None, [self.create_option(name, key, self.labels[key], True, 0) for key in chosen], 0)]


class LabelledInEdition(LabelledAutocomplete, AutocompleteInEdition):
    pass
