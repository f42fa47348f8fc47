"""The colours of a theme, read from its style sheets, and the contrast of WCAG 2 between two of them."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

Values = dict[str, str]

_DECLARATION = re.compile(r"(--[\w-]+)\s*:\s*([^;}]+)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def _declarations(css: str, selector: str) -> Values:
    found: Values = {}
    for selectors, body in _RULE.findall(css):
        if selector in [part.strip() for part in selectors.split(",")]:
            found.update({name: value.strip() for name, value in _DECLARATION.findall(body)})
    return found


def _own(name: str) -> str:
    css = (settings.BASE_DIR / "static/css" / name).read_text()
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def _dsfr(path: str) -> str:
    found = finders.find(f"dsfr/dist/{path}")
    assert isinstance(found, str)
    return re.sub(r"/\*.*?\*/", "", Path(found).read_text(), flags=re.DOTALL)


def palette(theme: str, scheme: str, colour: str = "") -> Values:
    """The values of a theme's names in ``light`` or ``dark``, inside an element of that colour."""
    selectors = [":root", f".colour-{colour}"]
    if theme == "neutral":
        light, dark = _own("neutral.css").split("@media screen and (prefers-color-scheme: dark)")
        dark = dark[: dark.index("\n}\n")].removeprefix(" {")
        sheets = [light] if scheme == "light" else [light, dark]
    else:
        sheets = [_dsfr("core/core.main.min.css"), _own("state.css")]
        if scheme == "dark":
            sheets.insert(1, _dsfr("scheme/scheme.min.css").replace(":root[data-fr-theme=dark]", ":root"))
    found: Values = {}
    for selector in selectors:
        for sheet in sheets:
            found.update(_declarations(sheet, selector))
    return found


def value(values: Values, name: str) -> str:
    found = values[name]
    while match := re.fullmatch(r"var\((--[\w-]+)\)", found):
        found = values[match.group(1)]
    return found


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(values: Values, one: str, other: str) -> float:
    light, dark = sorted([_luminance(value(values, one)), _luminance(value(values, other))], reverse=True)
    return (light + 0.05) / (dark + 0.05)
