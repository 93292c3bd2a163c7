"""From bytes to text."""

from w3lib.encoding import html_to_unicode

from crawler.items import Page


def decode(page: Page) -> str:
    """The page's HTML as text; encoding from BOM, header, meta, then UTF-8, then Windows-1252."""
    kind = page.header("content-type")
    try:
        _, text = html_to_unicode(kind, page.body, auto_detect_fun=_guess, default_encoding="cp1252")
    except (LookupError, ValueError):
        # Python has codecs that are no encodings of text (base64, idna), and pages may name them.
        text = page.body.decode(_guess(page.body), "replace")
    return text.replace("\x00", "")


def _guess(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
