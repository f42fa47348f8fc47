import pytest

from innovation_week.checks import state_theme_belongs_to_the_state


@pytest.mark.parametrize(
    ("theme", "address", "warned"),
    [
        ("state", "https://semaine.example.org", True),
        ("state", "https://semaine.gouv.fr.example.org", True),
        ("state", "https://semaine.modernisation.gouv.fr", False),
        ("neutral", "https://semaine.example.org", False),
    ],
)
def test_the_theme_of_the_state_is_for_the_state(settings, theme, address, warned):
    settings.THEME, settings.SITE_URL = theme, address

    assert [message.id for message in state_theme_belongs_to_the_state()] == ["innovation_week.W001"] * warned
