"""Finding a Chromium, and the settings with which a crawl uses it through scrapy-playwright."""

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any

from crawler.fetch.egress import Egress

ADVICE = (
    "no Chromium was found: run 'playwright install chromium-headless-shell' or install your system's package"
    " chromium-headless-shell or chromium; pages that need scripts are reported as empty meanwhile"
)
NAVIGATION_TIMEOUT_MS = 20_000
SETTLE_MS = 8_000
"""Milliseconds that scripts get after the document is there; pages that poll never come to rest."""
MAX_PAGES_AT_ONCE = 2
RECYCLE_AFTER = 50
"""Pages after which a new browser is started: memory of one grew from 4 to 18 GB in 700 pages (scrapy-playwright 240)."""
_SYSTEM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CONTEXT = {"service_workers": "block", "accept_downloads": False, "java_script_enabled": True, "permissions": []}
"""Each page gets a context like this of its own (Playwright, Browser.new_context)."""
# Chromium's own calls home would be refused or, worse, answered; none of them is part of a page.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# Ways around the proxy: UDP (QUIC, WebRTC), and names that the browser resolves itself.
_PROXIED = (
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
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
        "args": [*_QUIET, *_PROXIED],
        # Playwright allows windows that nobody clicked for.
        "ignore_default_args": ["--disable-popup-blocking"],
        "timeout": NAVIGATION_TIMEOUT_MS,
    }


def deadline_s(navigation_ms: float) -> float:
    """Seconds after which a page is given up, whatever its scripts do: navigation, settling, and as much to read it."""
    return (2 * navigation_ms + min(SETTLE_MS, navigation_ms)) / 1000


def scrapy_settings(executable: str, policy: Egress) -> dict[str, Any]:
    """Settings that let Scrapy render single requests. The proxy is added where the browser is started."""
    handler = "crawler.fetch.rendering.RenderingDownloads"
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch_options(executable),
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": NAVIGATION_TIMEOUT_MS,
        "PLAYWRIGHT_ABORT_REQUEST": partial(_not_wanted, policy),
    }


def _not_wanted(policy: Egress, request: Any) -> bool:
    """Pictures are not looked at, nothing is submitted, and what is forbidden need not reach the proxy."""
    if request.resource_type in ("image", "media", "font") or request.method not in ("GET", "HEAD"):
        return True
    return bool(policy.refusal(request.url)) and request.url.startswith(("http:", "https:"))
