"""Provides a browser: `python -m crawler.fetch.install`. Ends with 1, and one sentence, where none can be had."""

import os
import shutil
import subprocess
import sys

from crawler.fetch.browser import ADVICE, find_browser

PACKAGES = ("chromium-headless-shell", "chromium")
PLAYWRIGHT_S = 180
SYSTEM_S = 600


def main() -> int:
    """Playwright's headless shell where it can be downloaded, else the system's package, else advice."""
    if find_browser():
        return 0
    print("fetching a browser for pages that need scripts ...", file=sys.stderr)
    if (
        _run([sys.executable, "-m", "playwright", "install", "chromium-headless-shell"], PLAYWRIGHT_S)
        and find_browser()
    ):
        return 0
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        _run(["apt-get", "update", "-qq"], SYSTEM_S)
        for package in PACKAGES:
            if (
                _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], SYSTEM_S)
                and find_browser()
            ):
                return 0
    print(ADVICE, file=sys.stderr)
    return 1


def _run(command: list[str], seconds: int) -> bool:
    """Did the command succeed in time? Its output is of no use to somebody who waits for a demonstration."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False, env=environment
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
