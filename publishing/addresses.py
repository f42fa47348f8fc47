"""Where the public reads a session."""

from django.urls import reverse

from publishing.programme import Item, Line, Programme


def path_of(programme: Programme, item: Item, *, current_app: str | None = None) -> str:
    """Of its page; of a line, of the day on the page of its sequence, where people choose among its slots."""
    if isinstance(item, Line):
        sequence = reverse("publishing:sequence", args=[programme.edition, item.thread], current_app=current_app)
        return f"{sequence}#{_anchor(programme, item)}"
    return reverse("publishing:session", args=[programme.edition, item.code], current_app=current_app)


def _anchor(programme: Programme, line: Line) -> str:
    """As in templates/publishing/_days.html."""
    return f"jour-{programme.date_of(line).isoformat()}" if line.slot.starts_at else "sans-date"
