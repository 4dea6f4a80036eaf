"""PDFs that everybody can read (PDF/UA-1), written by WeasyPrint, one at a time in each process.

WeasyPrint needs Pango of the operating system. Where it is missing the site runs all the same: the
pages to print say the same as the PDFs.
"""

import ctypes
import importlib.util
import logging
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from warnings import catch_warnings, simplefilter

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

logger = logging.getLogger(__name__)

# The one folder whose files a PDF may contain.
STATIC = Path(__file__).resolve().parent.parent / "static"
# The faces of every PDF; its fonts come from there, and from nowhere else.
STYLES = ("css/tokens.css", "css/paper.css")
FONTS = "vendor/*/*.woff2"

# The library by the name it has on Debian.
PANGO = "libpangoft2-1.0.so.0"

# Seconds that one waits for the PDF of somebody else.
PATIENCE = 1.0

# What our fonts lack, and what says the same.
WRITTEN_AS = str.maketrans({"\u2011": "-", "\u202f": "\u00a0", "\u00ad": None, "\u200b": None})


class Unavailable(Exception):
    """Pango is missing on this machine."""


class Busy(Exception):
    """The PDFs of others are being written; whoever asks again in a moment gets the own one."""


class Unprintable(Exception):
    """The text has characters that no font of ours has; `characters` says which."""

    def __init__(self, characters: str) -> None:
        super().__init__(characters)
        self.characters = characters


_turn = Lock()


def write_pdf(template: str, context: Mapping[str, Any], *styles: str) -> bytes:
    """Return the PDF of a template; `styles` are stylesheets in static/ beside STYLES.

    The template is a whole page with `lang` and `title`; of links to files it can follow those to
    static/ and `data:` alone. Raises Unavailable, Busy or Unprintable.
    """
    load()
    html = render_to_string(template, dict(context)).translate(WRITTEN_AS)
    html = unicodedata.normalize("NFC", html)
    if missing := "".join(sorted({each for each in html if not is_printable(each)})):
        raise Unprintable(missing)
    with _one_at_a_time():
        return _written(html, (*STYLES, *styles))


def as_download(content: bytes, name: str) -> HttpResponse:
    """Return the answer that a browser keeps as a file of this name (ASCII)."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@cache
def is_available() -> bool:
    """Tell whether PDFs can be written here; said once in the log where they cannot."""
    try:
        _look_for_pango()
    except Unavailable as error:
        logger.warning("No PDFs, but pages to print: %s (docs/betrieb.md)", str(error))
        return False
    return True


def _look_for_pango() -> None:
    """Raise Unavailable without it, and import what writes PDFs only where one cannot tell."""
    try:
        ctypes.CDLL(PANGO)
    except OSError:
        load()


def load() -> None:
    """Import what writes PDFs, which takes a second; raises Unavailable."""
    if importlib.util.find_spec("weasyprint") is None:
        raise Unavailable("WeasyPrint is not installed")
    try:
        # It prints advice to whoever develops, and warns where the system has no fonts.
        with redirect_stdout(StringIO()), catch_warnings():
            simplefilter("ignore")
            import weasyprint  # noqa: F401
            from weasyprint.logger import LOGGER
        # It warns of each line of CSS that is for screens alone.
        LOGGER.setLevel(logging.ERROR)
    except OSError as error:
        raise Unavailable(f"Pango is missing ({error})") from error


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait for the turn. Raises Busy where it does not come soon."""
    if not _turn.acquire(timeout=PATIENCE):
        raise Busy("other PDFs are being written")
    try:
        yield
    finally:
        _turn.release()


def _written(html: str, styles: tuple[str, ...]) -> bytes:
    """Return the PDF; only one thread may be here."""
    from weasyprint import CSS, HTML

    fonts, files = _fonts(), _our_files()
    sheets = [CSS(STATIC / name, url_fetcher=files, font_config=fonts) for name in styles]
    page = HTML(string=html, base_url=settings.SITE_URL, url_fetcher=files)
    written = page.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1")
    assert isinstance(written, bytes)  # noqa: S101 (None only where it goes to a file)
    return written


@cache
def _fonts() -> "FontConfiguration":
    """Return the fonts, unpacked once for all PDFs of the process."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@cache
def _our_files() -> "URLFetcher":
    """Return what fetches files for a PDF: those of static/ and no others."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurFiles(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if not may_contain(url):
                raise ValueError("A PDF contains files of static/ alone")
            return super().fetch(url, headers)

    return OurFiles(allowed_protocols=["data", "file"], allow_redirects=False)


def may_contain(url: str) -> bool:
    """Tell whether a PDF may contain what lies there."""
    path = Path(unquote(url.removeprefix("file://"))).resolve()
    is_static = url.startswith("file://") and path.is_relative_to(STATIC.resolve())
    return is_static or url.startswith("data:")


def is_printable(character: str) -> bool:
    """Tell whether one of our fonts has it; who reads a PDF must not find a box for a letter."""
    return character in "\n\r\t" or ord(character) in _characters()


@cache
def _characters() -> frozenset[int]:
    """Return what all our fonts have together: Latin letters with the marks of Europe."""
    from fontTools.ttLib import TTFont

    fonts = sorted(STATIC.glob(FONTS))
    return frozenset(code for path in fonts for code in TTFont(path).getBestCmap())
