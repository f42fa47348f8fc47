"""Every mail, read by axe as a page of its own, wide and narrow: no violation of WCAG, nor of good practice."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.test_axe import RULES
from tests.written_mails import write_all

# Once is enough: what axe reads depends on no database.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
GOOD_PRACTICE = {"runOnly": {**RULES["runOnly"], "values": [*RULES["runOnly"]["values"], "best-practice"]}}
# A mail is no page: it stands in one, which has its landmarks.
GOOD_PRACTICE["rules"] = {"landmark-one-main": {"enabled": False}, "region": {"enabled": False}}


@pytest.mark.parametrize("width", [390, 800])
def test_axe_finds_no_violation_in_any_mail(browser: Browser, width):
    page = browser.new_page(viewport={"width": width, "height": 860})
    found = []
    for (name, language), sent in write_all().items():
        page.set_content(sent.html)
        violations = Axe().run(page, options=GOOD_PRACTICE).response["violations"]
        found += [(name, language, each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways."
    page.close()
    assert "\n".join(map(str, found)) == ""
