"""Take the pictures of the README and of the guides from a running demonstration, so that they stay true.

    make run                                   # in one terminal
    make pictures                              # in another one

The demonstration names nobody real. Needs the developers' requirements and Chromium.
"""

import argparse
import io
import os
import shutil
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

FOLDER = Path(__file__).resolve().parent / "pictures"
VAR = Path(os.environ.get("VAR_DIR") or FOLDER.parent.parent / "var")
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
PASTED = """titre\tséquence\tjour\tdébut\tdurée\tplaces
Atelier de facilitation (exemple)\tAteliers et rencontres\tmardi\t14 h 30\t90\t24
Café des échecs (exemple)\tFail camp\tmercredi\t8 h 30\t45\t30"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", default=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
    site = parser.parse_args().site
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--hide-scrollbars", "--lang=fr-FR"],
            env={**os.environ, "LANGUAGE": "fr"},  # fields of dates are drawn in the language of the browser
        )
        public_pages(browser.new_page(viewport=DESKTOP, locale="fr-FR"), site, suffix="desktop")
        public_pages(browser.new_page(viewport=PHONE, locale="fr-FR"), site, suffix="phone")
        staff_pages(browser.new_page(viewport=DESKTOP, locale="fr-FR"), site)
        browser.close()


def public_pages(page: Page, site: str, *, suffix: str) -> None:
    page.goto(f"{site}/demo/")
    keep(page, f"home-{suffix}")
    page.goto(f"{site}/demo/programme/")
    keep(page, f"programme-{suffix}")
    page.goto(f"{site}/demo/sequences/bureau-du-futur/")
    page.locator(".day-links").scroll_into_view_if_needed()
    keep(page, f"slots-{suffix}")
    page.goto(f"{site}/demo/programme/?q=proces+progres")
    page.locator("main a[href*='/seances/']").first.click()
    keep(page, f"session-{suffix}")
    page.goto(f"{site}/demo/programme/?places=1&q=autopsie")
    page.locator("main a[href*='/seances/']").first.click()
    page.get_by_role("link", name="S’inscrire").first.click()
    keep(page, f"registration-{suffix}")


def staff_pages(page: Page, site: str) -> None:
    page.goto(f"{site}/admin/")
    page.fill("#id_username", "demo")
    page.fill("#id_password", (VAR / "demo_password").read_text().strip())
    page.locator("#login-form [type=submit]").click()
    page.wait_for_url("**/admin/")
    keep(page, "admin-dashboard")
    page.goto(f"{site}/admin/programme/session/")
    keep(page, "admin-sessions")
    page.goto(f"{site}/admin/programme/session/?q=progres")
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_load_state("networkidle")
    keep(page, "admin-session")
    page.get_by_role("link", name="Historique", exact=True).first.click()
    keep(page, "admin-history")
    page.goto(f"{site}/admin/programme/session/coller/")
    page.get_by_label("Cellules").fill(PASTED)
    page.get_by_role("button", name="Lire les cellules").click()
    keep(page, "admin-paste")
    page.goto(f"{site}/admin/programme/sequence/?q=bureau")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Créneaux", exact=True).click()
    page.get_by_role("link", name="Créer des créneaux").click()
    page.get_by_label("Dimanche").first.check()
    page.get_by_label("Pauses").fill("12 h 30 – 14 h")
    page.get_by_role("button", name="Voir les créneaux").click()
    keep(page, "admin-slots")
    page.goto(f"{site}/admin/publishing/release/publier/")
    keep(page, "admin-publish")
    page.goto(f"{site}/admin/planning/task/?state=open")
    keep(page, "admin-tasks")


def keep(page: Page, name: str, **options: Any) -> None:
    """As a PNG of few colours: a page weighs tens of kilobytes in the repository."""
    picture = Image.open(io.BytesIO(page.screenshot(**options))).convert("RGB")
    picture.quantize(128).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
