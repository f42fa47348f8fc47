"""Take the pictures of the README and of the guides from a running demonstration, so that they stay true.

    make run                                   # in one terminal
    make pictures                              # in another one

The demonstration names nobody real. Needs the developers' requirements, Chromium and its French (chromium-l10n).
"""

import argparse
import io
import os
import secrets
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

        def open_page(size: ViewportSize) -> Page:
            page = browser.new_page(viewport=size, locale="fr-FR", timezone_id="Europe/Paris")
            page.on("dialog", lambda dialog: dialog.accept())  # leaving a form that was filled in asks first
            return page

        public_pages(open_page(DESKTOP), site, suffix="desktop")
        public_pages(open_page(PHONE), site, suffix="phone")
        demo = open_page(DESKTOP)
        log_in(demo, site, "demo", (VAR / "demo_password").read_text().strip())
        staff_pages(demo, site)
        colleague_pages(demo, open_page(DESKTOP), site)
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
    page.goto(f"{site}/demo/programme/?places=1&q=refaire+formulaire")
    page.locator("main a[href*='/seances/']").first.click()
    page.get_by_role("link", name="S’inscrire").first.click()
    keep(page, f"registration-{suffix}")


def log_in(page: Page, site: str, name: str, password: str) -> None:
    page.goto(f"{site}/admin/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.locator("#login-form [type=submit]").click()
    page.wait_for_url("**/admin/")


def staff_pages(page: Page, site: str) -> None:
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


def colleague_pages(page: Page, colleague: Page, site: str) -> None:
    """Two people on one form, and a telephone to link. Neither the colleague nor the change is left behind."""
    password = secrets.token_urlsafe(16)
    account = make_account(page, site, "alix", password)
    log_in(colleague, site, "alix", password)
    colleague.goto(f"{site}/admin/second-facteur/telephone/")
    keep(colleague, "admin-second-factor")
    page.goto(f"{site}/admin/programme/session/?q=progres")
    page.locator("#result_list tbody th a").first.click()
    session = page.url.partition("change/")[0]
    colleague.goto(page.url)
    title = page.input_value("#id_title")
    page.fill("#id_title", f"{title} (complet)")
    page.fill("#id_lead", "Un procès, un procureur, deux avocats, et vous.")
    save(page)
    # Nothing of the colleague’s is saved: whoever changed something is in the history, and their account stays.
    colleague.fill("#id_title", f"{title} Le verdict")
    colleague.fill("#id_internal_note", "Prévoir deux micros pour la salle.")
    save(colleague)
    keep(colleague, "admin-merge")
    page.goto(f"{session}revenir/")
    page.get_by_role("button", name="Revenir à la version publiée").click()
    page.wait_for_load_state()
    page.goto(account.replace("change/", "delete/"))
    page.get_by_role("button", name="Oui, supprimer").click()


def make_account(page: Page, site: str, name: str, password: str) -> str:
    """Address of the account of a project lead."""
    page.goto(f"{site}/admin/auth/user/add/")
    page.fill("#id_username", name)
    page.fill("#id_password1", password)
    page.fill("#id_password2", password)
    save(page)
    address = page.url
    page.fill("#id_first_name", "Alix")
    page.fill("#id_last_name", "Exemple")
    page.get_by_label("Statut équipe").check()
    page.get_by_label("Chef de projet").check()
    save(page)
    return address


def save(page: Page) -> None:
    page.locator("[name=_save]").first.click()
    page.wait_for_load_state()


def keep(page: Page, name: str, **options: Any) -> None:
    """As a PNG of few colours: a page weighs tens of kilobytes in the repository."""
    picture = Image.open(io.BytesIO(page.screenshot(**options))).convert("RGB")
    picture.quantize(128).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
