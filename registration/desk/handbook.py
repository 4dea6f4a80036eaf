"""The handbook within the admin, for everybody who works there: docs/handbuch.md as a page.

Which page leads to which part of it: handbook_links.py.
"""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from PIL import Image

from registration.desk import markdown
from registration.desk.admin_page import DeskUrl

FOLDER: Path = settings.BASE_DIR / "docs"


@cache
def text() -> markdown.Page:
    """Return the handbook as it was when the process began."""
    return markdown.page((FOLDER / "handbuch.md").read_text(), picture_of)


def picture_of(path: str) -> markdown.HandbookPicture:
    with Image.open(FOLDER / path) as image:
        width, height = image.size
    address = reverse("admin:handbook_picture", args=[Path(path).stem])
    return markdown.HandbookPicture(address, width, height)


def handbook(request: HttpRequest) -> HttpResponse:
    """Show the handbook, its table of contents beside it."""
    context = admin.site.each_context(request) | {
        "title": "Handbuch",
        "contents": [heading for heading in text().headings if heading.level in (2, 3)],
        "text": text().html,  # our own, escaped by markdown.py
    }
    return render(request, "admin/desk/handbook.html", context)


def picture(request: HttpRequest, name: str) -> FileResponse:
    """Answer with one of the handbook's pictures."""
    path = FOLDER / "handbuch" / f"{name}.png"
    if path not in path.parent.iterdir():  # a name may be too long to ask for
        raise Http404
    return FileResponse(path.open("rb"), content_type="image/png")


URLS: list[DeskUrl] = [
    ("handbuch/", handbook, "handbook"),
    ("handbuch/<slug:name>.png", picture, "handbook_picture"),
]
