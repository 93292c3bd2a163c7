"""Pages as Chromium shows them: each in a context of its own, behind the filtering proxy, within a deadline."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import uuid4

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as PlaywrightRequest
from playwright.async_api import TimeoutError as PlaywrightTimeout
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.fetch.browser import (
    CONTEXT,
    MAX_PAGES_AT_ONCE,
    NAVIGATION_TIMEOUT_MS,
    RECYCLE_AFTER,
    SETTLE_MS,
    deadline_s,
)
from crawler.fetch.download import Downloads
from crawler.fetch.errors import Refused
from crawler.fetch.proxy import FilteringProxy
from crawler.items import Reason
from crawler.page.urls import host

CLOSING_S = 5.0
"""Seconds that a page may take to close before its browser is ended."""


class RenderingDownloads(Downloads, ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Scrapy's handler where there is a browser; it owns the proxy that the browser uses."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.proxy = FilteringProxy(self.policy)
        self.slots = asyncio.Semaphore(MAX_PAGES_AT_ONCE)
        self.deadline_s = deadline_s(crawler.settings.getfloat("PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT"))
        self.rendered = 0

    async def _launch(self) -> None:
        await self.proxy.start()
        self.config.launch_options["proxy"] = self.proxy.option
        await super()._launch()

    async def _close(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(super()._close(), CLOSING_S)
        await self.proxy.stop()

    async def _download_request(self, request: Request, spider: Spider | None = None) -> Response:
        """The page in a fresh context. Raises Refused where the proxy refused, DownloadTimeoutError past the deadline."""
        async with self.slots:
            await self._recycle()
            name = request.meta["playwright_context"] = uuid4().hex
            request.meta["playwright_context_kwargs"] = CONTEXT
            request.meta["playwright_page_goto_kwargs"] = {"wait_until": "domcontentloaded"}
            try:
                response: Response = await asyncio.wait_for(super()._download_request(request, spider), self.deadline_s)
            except TimeoutError:
                raise DownloadTimeoutError(f"{request.url} was not rendered within {self.deadline_s:.0f} s") from None
            except PlaywrightError as error:
                reason = self.proxy.refused.get(host(request.url))
                if reason is None or isinstance(error, PlaywrightTimeout):
                    raise
                raise Refused(reason, "found in the browser") from error
            finally:
                await self._end(name)
        if response.headers.get("Egov-Refused") == self.proxy.mark.encode():
            raise Refused(self.proxy.refused[host(response.url)], "found in the browser")
        if not response.url.startswith(("http://", "https://")):
            # A script led away to what cannot be shown, and the browser shows a page of its own.
            raise Refused(self._reason_away(request.meta.get("led_to", "")), "the page leads away from itself")
        return response

    def _reason_away(self, url: str) -> Reason:
        if self.policy.refusal(url):
            return Reason.FORBIDDEN_ADDRESS
        return self.proxy.refused.get(host(url), Reason.UNREACHABLE)

    async def _create_page(self, request: Request, spider: Spider) -> Page:
        page: Page = await super()._create_page(request, spider)
        # Only after the page itself, which is no popup.
        page.context.on("page", _close_popup)

        def note(failed: PlaywrightRequest) -> None:
            if failed.is_navigation_request() and failed.frame == page.main_frame:
                request.meta["led_to"] = failed.url

        page.on("requestfailed", note)
        return page

    async def _get_response_and_download(self, request: Request, page: Page, spider: Spider) -> tuple[Any, Any]:
        """A download that a page starts beside itself is refused, and no reason not to read the page."""
        response, download = await super()._get_response_and_download(request, page, spider)
        return response, download if response is None else None

    async def _apply_page_methods(self, page: Page, request: Request, spider: Spider) -> None:
        """Waits a while for scripts to come to rest; a page that never does is taken as it is then."""
        with suppress(PlaywrightTimeout):
            await page.wait_for_load_state("networkidle", timeout=self._settle_ms())
        await super()._apply_page_methods(page, request, spider)

    def _settle_ms(self) -> float:
        return min(SETTLE_MS, self.config.navigation_timeout_ms or NAVIGATION_TIMEOUT_MS)

    async def _end(self, name: str) -> None:
        """Closes the context with all its pages; a browser that cannot even do that is ended."""
        self.rendered += 1
        wrapper = self.context_wrappers.get(name)
        if wrapper is None:
            return
        context: BrowserContext = wrapper.context
        try:
            await asyncio.wait_for(context.close(), CLOSING_S)
        except (TimeoutError, PlaywrightError):
            await self._end_browser()

    async def _recycle(self) -> None:
        """A new browser after so many pages, when no other page is open in this one."""
        if self.rendered >= RECYCLE_AFTER and not self.context_wrappers:
            await self._end_browser()

    async def _end_browser(self) -> None:
        self.rendered = 0
        browser: Any = self.__dict__.get("browser")
        if browser is not None:
            with suppress(TimeoutError, PlaywrightError):
                await asyncio.wait_for(browser.close(), CLOSING_S)


async def _close_popup(page: Page) -> None:
    with suppress(PlaywrightError):
        await page.close()
