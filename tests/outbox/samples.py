"""Delivery reports as servers write them, and mails that are none, filled in for a message of ours."""

from pathlib import Path

FOLDER = Path(__file__).parent / "reports"
TO, MESSAGE_ID = "alix+semaine@ministere.example", "<0123456789abcdef@semaine.example.org>"
VERP = "retours+0123456789abcdef@example.org"


def sample(name: str, *, to: str = TO, message_id: str = MESSAGE_ID, verp: str = VERP) -> bytes:
    """With line ends as they travel."""
    values = {"to": to, "message_id": message_id, "verp": verp, "xtext": to.replace("+", "+2B")}
    return ((FOLDER / f"{name}.eml").read_text() % values).replace("\n", "\r\n").encode()


def names(beginning: str) -> list[str]:
    return sorted(path.stem for path in FOLDER.glob(f"{beginning}*.eml"))
