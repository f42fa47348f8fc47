"""What an import did, or would do."""

import dataclasses as dc
from collections.abc import Iterator

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@dc.dataclass
class Counts:
    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dc.dataclass
class Report:
    counts: dict[type[Model], Counts] = dc.field(default_factory=dict)
    changes: list[str] = dc.field(default_factory=list)  # which rows changed, and in what
    left: list[str] = dc.field(default_factory=list)  # rows that were not made like the file, and why
    remarks: list[str] = dc.field(default_factory=list)  # what was read otherwise than written

    def of(self, model: type[Model]) -> Counts:
        return self.counts.setdefault(model, Counts())

    @property
    def is_empty(self) -> bool:
        """Nothing was written."""
        return not any(counts.created or counts.changed for counts in self.counts.values())

    def lines(self, *, examples: int = 10) -> Iterator[str]:
        """A table of counts, then each list with at most ``examples`` of its lines."""
        header = (pgettext("import", "created"), pgettext("import", "changed"), pgettext("import", "unchanged"))
        yield " " * 24 + "".join(f"{word:>15}" for word in header)
        for model, counts in self.counts.items():
            name = str(model._meta.verbose_name_plural)
            numbers = (counts.created, counts.changed, counts.unchanged)
            yield f"{name[:1].upper() + name[1:]:<24}" + "".join(f"{number:>15}" for number in numbers)
        titles = (
            (pgettext("import", "Changed"), self.changes),
            (pgettext("import", "Left as they are"), self.left),
            (_("Read otherwise than written"), self.remarks),
        )
        for title, found in titles:
            if found:
                yield ""
                yield f"{title} ({len(found)})"
                yield from (f"  - {line}" for line in found[:examples])
                if len(found) > examples:
                    yield "  " + _("… and %(count)d more") % {"count": len(found) - examples}
