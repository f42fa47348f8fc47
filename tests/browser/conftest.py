"""A real browser: Debian's Chromium, driven by Playwright, over a real server."""

import os
import shutil
from typing import Any

import pytest

from tests.admin.conftest import populate

__all__ = ["populate"]  # a week with something in each list

# Playwright keeps an event loop in this thread, where Django refuses queries. It must stand before the database is
# made and until it is removed; the project has no asynchronous code that it could hide a fault of.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    # Chromium refuses its own sandbox to root; the other flags keep it from calling home.
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "fr-FR"}
