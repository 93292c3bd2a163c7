"""Pages that a template repeats: a sketch of a page's text, and how alike two sketches are."""

from itertools import islice
from struct import pack, unpack
from zlib import crc32

from crawler.page.document import Document

SIZE = 16
"""Hashes in a sketch: the share that two sketches have in common is off by 0.1 (one standard error, at 0.8)."""
ALIKE = 0.85
"""Share of text blocks in common from which two pages are one template filled twice."""
LONG = 25
"""Characters of a text block that tells one page from another; where there are none, all blocks count."""
MAX_BLOCKS = 64
"""Blocks of a page that are looked at."""
_WITHOUT_DIGITS = {ord(digit): None for digit in "0123456789"}


def signature(document: Document) -> bytes:
    """The sketch of a page: the `SIZE` smallest hashes of its text blocks outside frames, without their digits.

    A calendar that differs in its dates only has one sketch. b"" for a page without text. Bottom-k sketch:
    Broder, On the resemblance and containment of documents, 1997, doi:10.1109/SEQUEN.1997.666900.
    """
    outside = (block for block in document.blocks if len(block.text) >= LONG and not document.in_frame(block.node))
    texts = {block.text for block in islice(outside, MAX_BLOCKS)}
    texts = texts or {block.text for block in document.blocks[:MAX_BLOCKS]}
    hashes = sorted({crc32(text.translate(_WITHOUT_DIGITS).encode("utf-8", "replace")) for text in texts})[:SIZE]
    return pack(f"<{len(hashes)}I", *hashes)


def are_alike(one: bytes, other: bytes) -> bool:
    """Have the pages behind two sketches (nearly) the same text?"""
    if one == other:
        return bool(one)
    if not one or not other:
        return False
    first, second = _hashes(one), _hashes(other)
    smallest = sorted(first | second)[: min(SIZE, max(len(first), len(second)))]
    return sum(number in first and number in second for number in smallest) >= ALIKE * len(smallest)


def _hashes(sketch: bytes) -> set[int]:
    return set(unpack(f"<{len(sketch) // 4}I", sketch))
