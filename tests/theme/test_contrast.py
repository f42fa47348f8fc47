import pytest

from sessions.models import Colour
from tests.theme.colours import Values, contrast, palette

AA = 4.5
THEMES = [("neutral", "light"), ("neutral", "dark"), ("state", "light"), ("state", "dark")]
# Which words stand on which grounds (static/css/week.css).
TEXTS = {
    "--ink": ["--ground", "--ground-soft", "--ground-field", "--ground-hero"],
    "--ink-text": ["--ground", "--ground-soft", "--ground-hero", "--grey-ground"],
    "--ink-soft": ["--ground", "--ground-soft", "--ground-field", "--ground-hero"],
    "--action": ["--ground", "--ground-soft", "--ground-hero", "--action-ground"],
    "--on-action": ["--action"],
    "--red": ["--ground", "--red-ground"],
    "--green": ["--ground", "--green-ground"],
    "--amber": ["--ground", "--amber-ground"],
    "--blue": ["--ground", "--blue-ground"],
    "--grey": ["--ground", "--grey-ground"],
}
TEXTS_OF_A_COLOUR = {"--label": ["--tint", "--ground"], "--ink": ["--tint"]}


def too_faint(values: Values, texts: dict[str, list[str]]) -> dict[str, float]:
    ratios = {f"{text} on {ground}": contrast(values, text, ground) for text in texts for ground in texts[text]}
    return {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < AA}


@pytest.mark.parametrize(("theme", "scheme"), THEMES)
def test_every_text_reaches_aa(theme, scheme):
    assert too_faint(palette(theme, scheme), TEXTS) == {}


@pytest.mark.parametrize("colour", Colour.values)
@pytest.mark.parametrize(("theme", "scheme"), THEMES)
def test_every_colour_of_a_sequence_reaches_aa(theme, scheme, colour):
    assert too_faint(palette(theme, scheme, colour), TEXTS_OF_A_COLOUR) == {}


@pytest.mark.parametrize("theme", ["neutral", "state"])
def test_each_colour_of_a_sequence_has_its_own_values_in_light_and_dark(theme):
    names = ("--accent", "--tint", "--label")
    found = {
        (scheme, colour): tuple(palette(theme, scheme, colour)[name] for name in names)
        for scheme in (["light", "dark"] if theme == "neutral" else ["light"])
        for colour in Colour.values
    }
    assert len(set(found.values())) == len(found)
