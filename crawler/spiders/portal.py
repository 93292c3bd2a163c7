"""The one spider: fetches the pages of a country's portals and hands them on.

It knows nothing of what is looked for; which links follow is told by the readers and the `Focus` of its job.
"""

from collections.abc import AsyncIterator, Iterator
from hashlib import blake2b
from itertools import islice
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Headers, Response
from scrapy.utils.gz import gunzip, gzip_magic_number
from scrapy.utils.sitemap import Sitemap
from twisted.python.failure import Failure as TwistedFailure

from crawler.fetch.errors import Refused, reason_of, reason_of_status
from crawler.focus import link_of_sitemap
from crawler.items import ClickPath, Distribution, Failure, Page, Reason
from crawler.job import Checked, Job, LinksOnly, Missed, Visit, now
from crawler.page.catalogues import Catalogue, answer_of, following
from crawler.page.urls import absolute, host, may_be_page
from crawler.storage.crawl import Candidate

MAX_LINKS = 2_000
"""Addresses of one sitemap that are queued; more is a trap or a register."""
MAX_SITEMAP_BYTES = 20_000_000
"""Bytes of an unpacked sitemap; MAX_LINKS addresses take less than a tenth (the protocol allows 50 MB for 50,000)."""
SAMPLE = 5
"""Files of one answer of a catalogue that are asked for."""
_NO_HEAD = (400, 403, 405, 500, 501)
_HTML = (b"text/html", b"application/xhtml+xml")


class PortalSpider(Spider):
    """Visits what its scheduler gives out; yields a Visit, LinksOnly or Missed for each."""

    name = "portal"

    def __init__(self, job: Job, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job

    async def start(self) -> AsyncIterator[Request]:
        """Nothing: the seeds wait in the frontier."""
        return
        yield

    def parse(self, response: Response) -> Iterator[Visit | LinksOnly | Missed]:
        """A page as the server sent it."""
        candidate: Candidate = response.meta["candidate"]
        kind = (response.headers.get("Content-Type") or b"").lower()
        if not kind.startswith(_HTML) and not (
            response.body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))
        ):
            # A redirect that comes this far leads to what is no web address.
            if response.status >= 300:
                told = f"HTTP status {response.status}"
                yield self._failure(response.url, response.meta, reason_of_status(response.status), told)
            else:
                # A file to download is no page that could not be read.
                yield LinksOnly([], response.meta["lease"])
            return
        sent = response.request.headers if response.request else Headers()
        page = self._page(response, candidate, rendered=False)
        yield Visit(page, response.meta["lease"], candidate, sent=_texts(sent))

    def parse_rendered(self, response: Response) -> Iterator[Visit]:
        """A page as a browser shows it after its scripts have run."""
        candidate: Candidate = response.meta["candidate"]
        yield Visit(self._page(response, candidate, rendered=True), response.meta["lease"], candidate)

    def parse_sitemap(self, response: Response) -> Iterator[LinksOnly | Missed]:
        """Addresses of a sitemap: candidates, since nobody clicked to them."""
        candidate: Candidate = response.meta["candidate"]
        body = response.body
        if gzip_magic_number(response):
            try:
                body = gunzip(body, max_size=MAX_SITEMAP_BYTES)
            except (ValueError, OSError, EOFError) as error:
                reason = Reason.TOO_LARGE if isinstance(error, ValueError) else Reason.HTTP_ERROR
                yield self._failure(response.url, response.meta, reason, str(error)[:300])
                return
        links = []
        try:
            sitemap = Sitemap(body)
            nested = sitemap.type == "sitemapindex"
            for entry in islice(sitemap, MAX_LINKS):
                if (url := absolute(str(entry.get("loc", "")), response.url)) and (nested or may_be_page(url)):
                    links.append(self._from_sitemap(url, candidate, nested))
        except (ValueError, AttributeError, SyntaxError):
            links = []
        yield LinksOnly([one for one in links if self.job.scope.includes(host(one.url))], response.meta["lease"])

    def parse_catalogue(self, response: Response) -> Iterator[Visit | Missed]:
        """The answer of a data catalogue's interface: datasets, a sample of their files, the next answer."""
        page = self._page(response, response.meta["candidate"], rendered=False)
        answer = answer_of(page)
        if page.status != 200 or answer is None:
            told = f"HTTP status {page.status}, {page.header('Content-Type') or 'no type'}"
            yield self._failure(page.url, response.meta, Reason.CATALOGUE, told)
            return
        links: list[Candidate] = []
        sample: tuple[Distribution, ...] = ()
        if isinstance(answer, Catalogue):
            sample = sampled(answer, page)
            links = [
                Candidate(one.url, page.portal, page.depth + 1, (*page.path, (one.dataset[:80], one.url)), 70.0, "file")
                for one in sample
            ]
            if url := following(page.url, answer):
                links.append(Candidate(url, page.portal, page.depth, page.path, 75.0, "catalogue"))
        yield Visit(page, response.meta["lease"], links=links, sample=sample)

    def parse_file(self, response: Response) -> Iterator[Checked | Request]:
        """A file of the sample: asked for by HEAD, and by its first byte where the server refuses that."""
        request = response.request
        if request is not None and request.method == "HEAD" and response.status in _NO_HEAD:
            yield request.replace(method="GET", headers={**request.headers, "Range": "bytes=0-0"})
            return
        alive = response.status in (200, 206)
        yield Checked(
            self._checked(response, None if alive else reason_of_status(response.status)), response.meta["lease"]
        )

    def _checked(self, response: Response, reason: Reason | None) -> Distribution:
        candidate: Candidate = response.meta["candidate"]
        told = response.headers.get("Content-Range") or b""
        size = told.rpartition(b"/")[2] if told else response.headers.get("Content-Length") or b""
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")[:100]
        return Distribution(
            country=self.job.country,
            portal=candidate.portal,
            catalogue="",
            dataset="",
            format="",
            url=candidate.url,
            checked_at=now(),
            status=response.status,
            content_type=kind,
            length=int(size) if size.isdigit() else None,
            reason=reason,
        )

    def file_failed(self, failure: TwistedFailure) -> Iterator[Checked]:
        """A file of the sample that could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value
        reason = error.reason if isinstance(error, Refused) else reason_of(error) if error else Reason.UNREACHABLE
        candidate: Candidate = request.meta["candidate"]
        told = Distribution(self.job.country, candidate.portal, "", "", "", candidate.url, now(), reason=reason)
        yield Checked(told, request.meta["lease"])

    def failed(self, failure: TwistedFailure) -> Iterator[Missed]:
        """What could not be fetched becomes data with a typed reason."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, Refused):
            yield self._failure(request.url, request.meta, error.reason, error.detail)
        elif error is not None:
            told = f"{type(error).__name__}: {error}"[:300]
            yield self._failure(request.url, request.meta, reason_of(error), told)

    def _page(self, response: Response, candidate: Candidate, *, rendered: bool) -> Page:
        url = absolute(response.url, response.url) or response.url
        portal = self.job.portal_of(url, candidate.portal)
        path: ClickPath = candidate.path
        return Page(
            country=self.job.country,
            portal=portal,
            url=url,
            status=response.status,
            headers=(("Content-Type", "text/html; charset=utf-8"),) if rendered else _texts(response.headers),
            body=response.body,
            captured_at=now(),
            depth=candidate.depth,
            path=path,
            rendered=rendered,
            languages=self.job.languages_of(portal),
            official=True,
        )

    def _from_sitemap(self, url: str, candidate: Candidate, nested: bool) -> Candidate:
        depth = self.job.budget.max_depth
        if nested:
            return Candidate(url, candidate.portal, depth, candidate.path, candidate.priority - 1, "sitemap")
        terms, languages = self.job.rubric.lookups.terms, self.job.languages_at(candidate.portal)
        found = link_of_sitemap(url, terms, languages, self.job.focus.concepts)
        return self.job.candidate(found, candidate.portal, depth, (*candidate.path, ("", url)))

    def _failure(self, url: str, meta: dict[str, Any], reason: Reason, detail: str) -> Missed:
        candidate: Candidate = meta["candidate"]
        return Missed(Failure(self.job.country, candidate.portal, url, reason, detail), meta["lease"])


def sampled(answer: Catalogue, page: Page) -> tuple[Distribution, ...]:
    """The files of an answer that are asked for: the same ones whenever the catalogue says the same."""
    named = {
        url: Distribution(page.country, page.portal, page.url, one.title, file.format, url, page.captured_at)
        for one in answer.datasets
        for file in one.files
        if (url := absolute(file.url, page.url))
    }
    return tuple(sorted(named.values(), key=lambda one: blake2b(one.url.encode()).digest())[:SAMPLE])


def _texts(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )
