"""Finding a Chromium, and the settings with which a crawl uses it through scrapy-playwright."""

import os
import shutil
from pathlib import Path
from typing import Any

from crawler.fetch.egress import forbidden

ADVICE = (
    "no Chromium was found: run 'playwright install chromium-headless-shell' or install your system's package"
    " chromium-headless-shell or chromium; pages that need scripts are reported as empty meanwhile"
)
NAVIGATION_TIMEOUT_MS = 20_000
MAX_PAGES_AT_ONCE = 2
_SYSTEM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Chromium's own calls home would be refused or, worse, answered; none of them is part of a page.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


def find_browser() -> str | None:
    """Path of a Chromium: $EGOV_BROWSER, Playwright's own, else the system's; None where there is none."""
    named = os.environ.get("EGOV_BROWSER")
    if named:
        return named if Path(named).exists() else None
    for path in sorted(_playwright_browsers(), reverse=True):
        return str(path)
    return next((found for name in _SYSTEM if (found := shutil.which(name))), None)


def _playwright_browsers() -> list[Path]:
    cache = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    mac = Path.home() / "Library" / "Caches" / "ms-playwright"
    patterns = ("chromium_headless_shell-*/*/headless_shell", "chromium_headless_shell-*/*/chrome-headless-shell")
    return [path for directory in (Path(cache), mac) for pattern in patterns for path in directory.glob(pattern)]


def launch_options(executable: str) -> dict[str, Any]:
    """How Chromium is started: sandboxed unless we are root, who cannot have the sandbox."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {
        "executable_path": executable,
        "headless": True,
        "chromium_sandbox": not as_root,
        "args": list(_QUIET),
        "timeout": NAVIGATION_TIMEOUT_MS,
    }


def scrapy_settings(executable: str, *, allow_private: bool) -> dict[str, Any]:
    """Settings that let Scrapy render single requests."""
    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    context = {"service_workers": "block", "accept_downloads": False, "java_script_enabled": True}
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch_options(executable),
        "PLAYWRIGHT_CONTEXTS": {"default": context},
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": MAX_PAGES_AT_ONCE,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": NAVIGATION_TIMEOUT_MS,
        "PLAYWRIGHT_ABORT_REQUEST": _abort_any if allow_private else _abort_private,
    }


def _abort_any(request: Any) -> bool:
    return request.resource_type in ("image", "media", "font")


def _abort_private(request: Any) -> bool:
    return _abort_any(request) or bool(forbidden(request.url))
