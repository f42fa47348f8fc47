"""Three versions of a form and its lines – opened, mine, now – brought together.

What only one side changed stands; what both changed is asked, field by field.
"""

import dataclasses as dc
from typing import Any

from django import forms
from django.core import signing
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation_week.back_office.edited_lines import Lines
from innovation_week.back_office.form_versions import Sent, compared, in_words, meaning, names_of, untouched

OPENED = "_opened"  # the hidden field that says what a page was opened with
KEEP = "_keep-"  # the choice for one key; THEIRS or MINE
THEIRS, MINE = "theirs", "mine"
SALT = "innovation_week.three_versions"


@dc.dataclass(frozen=True, slots=True)
class Difference:
    key: str  # of the choice
    label: str
    before: str
    theirs: str
    mine: str
    is_file: bool = False


@dc.dataclass(slots=True)
class Comparison:
    asked: list[Difference] = dc.field(default_factory=list)  # both changed it
    theirs: list[Difference] = dc.field(default_factory=list)  # kept, as is what only I changed:
    mine: list[Difference] = dc.field(default_factory=list)
    is_unanswered: bool = False
    message: str = ""
    author: str = ""

    @property
    def is_to_be_seen(self) -> bool:
        return bool(self.asked or (self.theirs and self.mine))


@dc.dataclass(frozen=True, slots=True)
class Opened:
    """What a page was opened with, by form, and the keys of what it asked."""

    versions: dict[str, Sent]
    asked: list[str]

    @classmethod
    def read(cls, sealed: str, owner: str) -> "Opened":
        """Of unknown age when the seal is not ours or is of another row: then every difference is asked."""
        try:
            found = signing.loads(sealed, salt=SALT)
        except signing.BadSignature:
            found = {}
        return cls(found["versions"], found["asked"]) if found.get("of") == owner else cls({}, [])


def seal(owner: str, of_forms: dict[str, Any], asked: list[str]) -> str:
    """Signed: what somebody else saved can be neither hidden nor invented. Holds nothing that the page does not."""
    versions = {key: untouched(form) for key, form in of_forms.items()}
    return signing.dumps({"of": owner, "versions": versions, "asked": asked}, salt=SALT, compress=True)


class Merge:
    """``post`` is what to save: mine where I typed something, what stands there now elsewhere."""

    def __init__(self, request: HttpRequest, opened: Opened, form: Any, formsets: list[Any]) -> None:
        self.opened = opened
        self.files: Any = request.FILES
        self.post: QueryDict = request.POST.copy()
        self.answers = {key: self.post.get(KEEP + key) for key in opened.asked}
        self.found = Comparison(is_unanswered=None in self.answers.values())
        self._whole(form)
        for formset in formsets:
            if lines := Lines.read(self.post, formset):
                without_row = self._without_row(lines) + self._rows(lines)
                self._added_by_them(lines)
                for sent in without_row:
                    choice = f"{lines.prefix}-{len(lines.known) + len(lines.new)}-row"
                    words = in_one_line(lines.blank, sent)
                    self._told(self.found.asked, words, _("line deleted"), _("line kept"), choice)
                    lines.new.append(sent)
                lines.write(self.post)

    def _whole(self, form: Any) -> None:
        mine = {name: self.post.getlist(name) for name in self.post}
        now = untouched(form)
        uploads = [name for name, field in compared(form) if isinstance(field, forms.FileField)]
        for name in uploads:
            mine[name] = self._file_sent(name, self.opened.versions.get("", now))
        merged = self._fields("", form, mine, now)
        for name, values in merged.items():
            self.post.setlist(name, values)
        for name in set(mine) - set(merged):
            del self.post[name]
        for name in uploads:
            if merged[name] == now[name]:
                self.files.pop(name, None)
                self.post.pop(f"{name}-clear", None)

    def _file_sent(self, name: str, before: Sent) -> list[str]:
        if name in self.files:
            return [str(self.files[name].name)]
        return [""] if f"{name}-clear" in self.post else before.get(name, [""])

    def _without_row(self, lines: Lines) -> list[Sent]:
        """Lines whose row somebody deleted, asked about on the page before this one, and still not answered."""
        first, left = len(lines.known), []
        answers = {number: f"{lines.prefix}-{first + number}-row" for number in range(len(lines.new))}
        for number, choice in reversed(answers.items()):
            if choice in self.answers and self.answers[choice] != MINE:
                sent = lines.new.pop(number)
                left += [sent] if self.answers[choice] is None else []
        return left

    def _rows(self, lines: Lines) -> list[Sent]:
        """The lines that I changed and somebody deleted meanwhile."""
        lost = {key: lines.known.pop(key) for key in list(lines.known) if key not in lines.now}
        for key, sent in lines.known.items():
            form = lines.now[key]
            if DELETION_FIELD_NAME in sent:
                lines.known[key] = self._deleted_by_me(key, form, sent)
            else:
                lines.known[key] = self._fields(key, form, sent, untouched(form), of=in_one_line(form, sent))
        left = []
        for key, sent in lost.items():
            before = self.opened.versions.get(key, {})
            if DELETION_FIELD_NAME not in sent and changed_fields(lines.blank, before, sent):
                left.append(sent)
            else:
                self._told(self.found.theirs, in_one_line(lines.blank, sent), _("line deleted"), "")
        return left

    def _deleted_by_me(self, key: str, form: Any, sent: Sent) -> Sent:
        now, before = untouched(form), self.opened.versions.get(key, {})
        choice = f"{key}-{DELETION_FIELD_NAME}"
        changed = changed_fields(form, before, now)
        if changed or (choice in self.answers and self.answers[choice] is None):
            theirs = _("line changed: %s") % ", ".join(changed) if changed else _("line kept")
            self._told(self.found.asked, in_one_line(form, now), theirs, _("line deleted"), choice)
        elif self.answers.get(choice) == THEIRS:
            return now
        else:
            self._told(self.found.mine, in_one_line(form, now), "", _("line deleted"))
        return {**now, DELETION_FIELD_NAME: sent[DELETION_FIELD_NAME]}

    def _added_by_them(self, lines: Lines) -> None:
        for key, form in lines.now.items():
            if key not in lines.known:
                lines.known[key] = untouched(form)
                if key not in self.opened.versions:
                    self._told(self.found.theirs, in_one_line(form, lines.known[key]), _("line added"), "")

    def _told(self, side: list[Difference], line: str, theirs: str, mine: str, choice: str = "") -> None:
        side.append(Difference(choice, line, "", theirs, mine))

    def _fields(self, key: str, form: Any, mine: Sent, now: Sent, of: str = "") -> Sent:
        before = self.opened.versions.get(key)
        merged = dict(mine)
        for name, field in compared(form):
            choice = f"{key}-{name}" if key else name
            names = names_of(field, name)
            if self.answers.get(choice) == THEIRS and before is not None:
                _take(merged, before, names)
            if not self._is_mine(choice, of, name, field, before, merged, now):
                _take(merged, now, names)
        return merged

    def _is_mine(self, choice: str, of: str, name: str, field: Any, before: Sent | None, mine: Sent, now: Sent) -> bool:
        """Whether what I typed is to be saved; who changed what is noted on the way."""
        typed, there = meaning(field, name, mine), meaning(field, name, now)
        if typed == there:
            return False
        was = None if before is None else meaning(field, name, before)
        label = capfirst(str(field.label))
        was_there, theirs, my_words = (in_words(field, name, sent) for sent in (before or {}, now, mine))
        label, is_file = f"{of} – {label}" if of else label, isinstance(field, forms.FileField)
        difference = Difference(choice, label, was_there, theirs, my_words, is_file)
        if before is not None and typed == was:
            self.found.theirs.append(difference)
            return False
        unanswered = choice in self.answers and self.answers[choice] is None
        stands_alone = before is not None and there == was and not unanswered
        (self.found.mine if stands_alone else self.found.asked).append(difference)
        return True


def _take(merged: Sent, other: Sent, names: list[str]) -> None:
    for name in names:
        merged.pop(name, None)
        if name in other:
            merged[name] = other[name]


def changed_fields(form: Any, one: Sent, other: Sent) -> list[str]:
    """Labels of the fields that differ."""
    return [
        capfirst(str(field.label))
        for name, field in compared(form)
        if meaning(field, name, one) != meaning(field, name, other)
    ]


def in_one_line(form: Any, sent: Sent) -> str:
    """A line as a person knows it: its row, or what was typed in it."""
    if form.instance.pk:
        return str(form.instance)
    words = (in_words(field, name, sent) for name, field in compared(form))
    return ", ".join(word for word in words if word)[:150]
