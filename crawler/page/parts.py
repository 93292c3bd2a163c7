"""The parts of a page that detectors look at, each with its place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from selectolax.lexbor import LexborNode


def as_lines(texts: Iterable[str]) -> bytes:
    """The texts one a line, in UTF-8, ready for many expressions to be searched at once."""
    listed = list(texts)
    joined = "\n".join(listed)
    if joined.count("\n") >= max(len(listed), 1):
        joined = "\n".join([text.replace("\n", " ") for text in listed])
    return joined.encode("utf-8", "replace")


def tidy(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


@dataclass(slots=True)
class Heading:
    """A heading, legend or summary."""

    node: LexborNode
    text: str
    level: str


@dataclass(slots=True)
class Link:
    """An `a` with an address. `names` are its text, then other accessible names that differ from it.

    `heading` is the one right above it, `section` the next higher one; `marks` joins its class, id and click handler.
    """

    node: LexborNode
    href: str
    names: tuple[str, ...]
    heading: str
    marks: str = ""
    hreflang: str = ""
    section: str = ""
    url: str | None = None

    @property
    def text(self) -> str:
        return self.names[0] if self.names else ""


@dataclass(slots=True)
class Field:
    """A form field. `hint` joins its label, placeholder, title and accessible name."""

    node: LexborNode
    type: str
    name: str
    hint: str
    heading: str


@dataclass(slots=True)
class Button:
    """A button, submit input or link that acts as one; `marks` joins its class, id and click handler."""

    node: LexborNode
    text: str
    heading: str
    marks: str = ""


@dataclass
class Form:
    """A form with its fields and buttons, and the heading above it."""

    node: LexborNode
    heading: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    @cached_property
    def asked(self) -> bytes:
        """Types and names of all fields, one a line."""
        return as_lines(line for one in self.fields for line in (one.type, one.name))


@dataclass(slots=True)
class Block:
    """A stretch of text without structure: a paragraph, list item, cell or bare text of a container."""

    node: LexborNode
    text: str
    heading: str


def marks_of(attributes: Mapping[str, str | None]) -> str:
    """Class, id and click handler of an element, joined."""
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''} {attributes.get('onclick') or ''}"


def button_text(node: LexborNode) -> str:
    """What a button says: its text, else its value or accessible name."""
    attributes = node.attributes
    candidates = (node.text(separator=" "), attributes.get("value"), attributes.get("aria-label"))
    further = (attributes.get("title"), attributes.get("alt"))
    return next((tidy(text) for text in (*candidates, *further) if text and tidy(text)), "")
