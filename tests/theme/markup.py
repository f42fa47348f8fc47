"""What a test asks of a page: its elements by tag, its ids, its style sheets and scripts."""

import dataclasses as dc
from html.parser import HTMLParser

# Elements whose address the browser fetches by itself; a link is only followed by a person.
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "use": "href"}


@dc.dataclass(frozen=True)
class Element:
    tag: str
    attributes: dict[str, str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))


def elements(html: str, tag: str = "") -> list[Element]:
    reader = _Reader()
    reader.feed(html)
    return [element for element in reader.elements if tag in ("", element.tag)]


def ids(html: str) -> list[str]:
    return [element.attributes["id"] for element in elements(html) if "id" in element.attributes]


def fetched(html: str) -> list[str]:
    """Addresses the page makes the browser fetch; canonical and alternate links are not."""
    found = [element for element in elements(html) if FETCHED.get(element.tag) in element.attributes]
    return [
        element.attributes[FETCHED[element.tag]]
        for element in found
        if element.attributes.get("rel") not in ("canonical", "alternate")
    ]
