"""What can be seen of a PDF's accessibility without a reader of PDFs: structure, title, language.

A tagged PDF (ISO 32000-1 §14.8) says so in its catalogue, the object that the trailer calls its
root. That object lies in the file as text or, since PDF 1.5, in a compressed stream of objects
(§7.5.7). Nothing else is read; where the catalogue is not found, nothing is claimed.

All is looked for from the end, because whoever changes a PDF writes what is new behind it
(§7.5.6), and in bounds, because anybody may have made the file.
"""

import re
import zlib
from collections.abc import Iterator
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path

NOT_CHECKABLE = "nicht prüfbar"
NO_STRUCTURE, NO_TITLE, NO_LANGUAGE = "keine Struktur", "kein Titel", "keine Sprache"

# `12 0 R`, and how the same begins where it stands behind a name.
REFERENCE = re.compile(rb"\s{0,9}(\d{1,9})\s{1,9}(\d{1,5})\s{1,9}R\b")
STREAM = re.compile(rb"stream\r?\n")
FIRST = re.compile(rb"/First\s{1,9}(\d{1,9})")
TREE = re.compile(rb"/StructTreeRoot\b")
MARK_INFO = re.compile(rb"/MarkInfo\b")
MARKED = re.compile(rb"/Marked\s{1,9}true\b")
# A string that is not empty, in either form, or an object that holds one.
TEXT = rb"\s{0,9}(?:\(\s{0,9}[^)\s]|<\s{0,9}[0-9A-Fa-f]|\d{1,9}\s{1,9}\d{1,5}\s{1,9}R)"
LANGUAGE, TITLE = re.compile(rb"/Lang" + TEXT), re.compile(rb"/Title" + TEXT)
# The same title in the metadata (XMP, ISO 16684-1).
XMP_TITLE = re.compile(rb"\s{0,99}<rdf:Alt>\s{0,99}<rdf:li[^>]{0,99}>\s{0,99}[^<\s]")
# Places that are looked at of each kind; bytes of one object or of what is said of a stream; of
# one stream, and of all streams that are looked through for one object.
MOST, LONGEST, LONGEST_STREAM, ALL_STREAMS = 1000, 20_000, 4_000_000, 32_000_000


def missing(path: Path) -> list[str]:
    """Return what a screen reader misses in the PDF at `path`, in German words; [] for nothing."""
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            return _missing(_Pdf(content))
    except (OSError, ValueError):  # gone from the disk, or empty
        return [NOT_CHECKABLE]


def _missing(pdf: "_Pdf") -> list[str]:
    catalogue = pdf.named(b"/Root")
    if not catalogue:
        return [NOT_CHECKABLE]
    has = {
        NO_STRUCTURE: bool(TREE.search(catalogue)) and pdf.is_marked(catalogue),
        NO_TITLE: bool(TITLE.search(pdf.named(b"/Info"))) or pdf.has_title_in_metadata(),
        NO_LANGUAGE: bool(LANGUAGE.search(catalogue)),
    }
    return [words for words, is_there in has.items() if not is_there]


class _Pdf:
    """A PDF whose objects are found by their numbers."""

    def __init__(self, content: mmap) -> None:
        self.content = content

    def named(self, name: bytes) -> bytes:
        """Return the object to which the trailer's entry `name` refers; b"" if it is not found."""
        for place in self._places(name):
            begins = place + len(name)
            if found := REFERENCE.match(self.content[begins : begins + 50]):
                return self._object(found)
        return b""

    def is_marked(self, catalogue: bytes) -> bool:
        """Whether the catalogue says, itself or in an object of its own, that all is tagged."""
        found = MARK_INFO.search(catalogue)
        if found is None:
            return False
        elsewhere = REFERENCE.match(catalogue, found.end())
        return bool(MARKED.search(self._object(elsewhere) if elsewhere else catalogue))

    def has_title_in_metadata(self) -> bool:
        name = b"<dc:title>"
        place = self.content.rfind(name) + len(name)
        return bool(XMP_TITLE.match(self.content[place : place + LONGEST]))

    def _object(self, reference: re.Match[bytes]) -> bytes:
        """Return the object as it was written last; b"" if it is not found."""
        number, generation = reference.groups()
        for place in self._places(b"%s %s obj" % (number, generation)):
            if not self.content[max(0, place - 1) : place].isdigit():
                return self.content[place : place + LONGEST].partition(b"endobj")[0]
        if self.content.rfind(b"/Encrypt") >= 0:
            return b""  # and so are the streams
        return next(filter(None, self._compressed(int(number))), b"")

    def _compressed(self, number: int) -> Iterator[bytes]:
        """Yield what each stream of objects holds under this number, the last stream first."""
        left = ALL_STREAMS
        for place in self._places(b"/ObjStm"):
            head = self.content[max(0, place - 500) : place].rpartition(b" obj")[2]
            behind = self.content[place : place + 500]
            start = STREAM.search(behind)
            first = start and FIRST.search(head + behind[: start.start()])
            if start and first and left > 0:
                begins = place + start.end()
                inflated = _inflate(self.content[begins : begins + LONGEST_STREAM])
                left -= len(inflated)
                yield _within(inflated, int(first[1]), number)

    def _places(self, words: bytes) -> Iterator[int]:
        """Yield where these bytes stand, the last place first."""
        return islice(self._all_places(words), MOST)

    def _all_places(self, words: bytes) -> Iterator[int]:
        place = len(self.content)
        while (place := self.content.rfind(words, 0, place)) >= 0:
            yield place


def _inflate(data: bytes) -> bytes:
    """Return as much of a compressed stream as may be looked at; b"" for any other one."""
    try:
        return zlib.decompressobj().decompress(data, LONGEST_STREAM)
    except zlib.error:
        return b""


def _within(stream: bytes, first: int, number: int) -> bytes:
    """Return an object of a stream, which begins with pairs of number and place."""
    words = stream[:first].split()
    for each, place in zip(words[::2], words[1::2], strict=False):
        if each == b"%d" % number and place.isdigit():
            return stream[first + int(place[:9]) :][:LONGEST]
    return b""
