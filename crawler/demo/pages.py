"""The pages of one demo site, built from the templates and files of its folder.

`contact.html` is served at `/contact` and `index.html` at its folder's address; names that start with
`_` are layouts and parts. XML and plain-text files are templates too, and `form.pdf.txt` becomes `form.pdf`.
"""

import mimetypes
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.demo.documents import pdf
from crawler.demo.server import Answer, Query, Respond

SITES = Path(__file__).parent / "sites"
LANGUAGES = ("en", "fr", "ar")

# The tables of operating systems differ on these.
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".webm": "video/webm",
    ".xml": "application/xml",
}
_TEMPLATES = (".html", ".xml", ".txt")
_FEED = "feed.xml"


def templates(folder: Path) -> Environment:
    """The template environment of a site; an unknown name in a template is an error, not an empty text."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def build(folder: Path, context: Mapping[str, object]) -> dict[str, Answer]:
    """The answers of a site by path."""
    environment = templates(folder)
    names = list(_files(folder))
    public = [address(name) for name in names if name.suffix == ".html" and name.parts[0] != "internal"]
    answers = {}
    for name in names:
        if name.name.endswith(".pdf.txt"):
            lines = (folder / name).read_text("utf-8").splitlines()
            answers[f"/{name.with_suffix('')}"] = Answer(pdf(lines), "application/pdf")
        elif name.suffix in _TEMPLATES:
            text = environment.get_template(str(name)).render(context, pages=public, **place(address(name)))
            answers[address(name)] = Answer(text.encode(), content_type(name))
        else:
            answers[f"/{name}"] = Answer((folder / name).read_bytes(), content_type(name))
    return answers


def _files(folder: Path) -> Iterator[PurePosixPath]:
    for path in sorted(folder.rglob("*")):
        name = PurePosixPath(path.relative_to(folder).as_posix())
        if path.is_file() and not any(part.startswith(("_", ".")) for part in name.parts):
            yield name


def address(name: PurePosixPath) -> str:
    """The path at which a file is served.

    >>> [address(PurePosixPath(name)) for name in ("en/index.html", "en/contact.html", "robots.txt")]
    ['/en/', '/en/contact', '/robots.txt']
    """
    if name.suffix != ".html":
        return f"/{name}"
    path = f"/{name.with_suffix('')}"
    return path.removesuffix("index") if name.stem == "index" else path


def place(path: str) -> dict[str, str]:
    """What a template may know of its own place: path, language, and the rest that all languages share.

    >>> place("/fr/news/")
    {'path': '/fr/news/', 'language': 'fr', 'rest': '/news/'}
    """
    first = path.split("/")[1]
    if first in LANGUAGES:
        return {"path": path, "language": first, "rest": path[len(first) + 1 :]}
    return {"path": path, "language": "en", "rest": path}


def content_type(name: PurePosixPath) -> str:
    """The media type of a file, with the character set where it is text."""
    if name.name == _FEED:
        return "application/rss+xml; charset=utf-8"
    kind = _TYPES.get(name.suffix) or mimetypes.guess_type(name.name)[0] or "application/octet-stream"
    textual = kind.startswith("text/") or kind in ("application/xml", "application/json")
    return f"{kind}; charset=utf-8" if textual else kind


def responder(answers: Mapping[str, Answer], redirects: Mapping[str, str] | None = None) -> Respond:
    """Answers from the table; a folder without its slash, and what `redirects` names, lead on."""

    def respond(path: str, _query: Query) -> Answer:
        if found := answers.get(path):
            return found
        target = (redirects or {}).get(path) or (f"{path}/" if f"{path}/" in answers else "")
        if target:
            return Answer(b"", status=302, headers={"Location": target})
        return Answer(_MISSING, status=404)

    return respond


_MISSING = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Page not found</title></head>
<body><h1>Page not found</h1><p>There is no page at this address. <a href="/">Go to the home page</a>.</p></body></html>
"""
