"""The lines of an inline as a page sends them back, known by their row rather than by their place on the page."""

import dataclasses as dc
import re
from typing import Any, Self

from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import QueryDict

from innovation_week.back_office.form_versions import Sent


def lines_of(formset: Any) -> dict[str, Any]:
    """The forms of the rows that exist, by prefix and primary key."""
    return {f"{formset.prefix}-{form.instance.pk}": form for form in formset.initial_forms if form.instance.pk}


@dc.dataclass(slots=True)
class Lines:
    """``now`` are the forms of the rows as they stand; ``known`` what was sent of rows, ``new`` of lines to add."""

    formset: Any
    now: dict[str, Any]
    known: dict[str, Sent]
    new: list[Sent]

    @property
    def prefix(self) -> str:
        return str(self.formset.prefix)

    @property
    def blank(self) -> Any:
        """A form to read lines with whose row is gone."""
        return self.formset.empty_form

    @classmethod
    def read(cls, post: QueryDict, formset: Any) -> Self | None:
        """None when the page sent nothing of these lines: whoever may only look at them."""
        counts = [post.get(f"{formset.prefix}-{name}", "") for name in (INITIAL_FORM_COUNT, TOTAL_FORM_COUNT)]
        if not all(re.fullmatch(r"\d{1,3}", count) for count in counts):
            return None
        first_new, total = map(int, counts)
        found = cls(formset, lines_of(formset), {}, [])
        for index in range(total):
            start = f"{formset.prefix}-{index}-"
            sent = {name.removeprefix(start): post.getlist(name) for name in post if name.startswith(start)}
            pk = sent.pop(formset.model._meta.pk.name, [""])[0]
            if index < first_new and pk:
                found.known[f"{formset.prefix}-{pk}"] = sent
            elif index >= first_new:
                found.new.append(sent)
        return found

    def write(self, post: QueryDict) -> None:
        """Put the lines back in ``post``: rows first, then what is to be added."""
        for name in [name for name in post if re.match(rf"{re.escape(self.prefix)}-\d+-", name)]:
            del post[name]
        pk_name, parent = self.formset.model._meta.pk.name, self.formset.fk.name
        for index, (key, sent) in enumerate([*self.known.items(), *(("", sent) for sent in self.new)]):
            row = {pk_name: [key.removeprefix(f"{self.prefix}-")], parent: [str(self.formset.instance.pk)]}
            for name, values in {**sent, **row}.items():
                post.setlist(f"{self.prefix}-{index}-{name}", values)
        post[f"{self.prefix}-{INITIAL_FORM_COUNT}"] = str(len(self.known))
        post[f"{self.prefix}-{TOTAL_FORM_COUNT}"] = str(len(self.known) + len(self.new))
