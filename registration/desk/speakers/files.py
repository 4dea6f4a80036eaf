"""Proposed files as those who may decide on them see them: nobody else does before that."""

import re
from pathlib import PurePosixPath

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from events.pages.files import serve_file
from events.uploads.images import CONTENT_TYPES
from registration.desk.admin_page import DeskUrl, require_permission
from registration.models import ProposedChange

# One size of a picture: the largest, or one by its width.
SIZE = re.compile(r"\d+(?:x\d+)?(\.(?:avif|jpg))", re.ASCII)


@require_safe
def proposed_picture(request: HttpRequest, pk: int, name: str) -> FileResponse:
    """Serve one size of a picture that somebody has proposed."""
    require_permission(request, "events.change_talk")
    change = get_object_or_404(ProposedChange.objects.exclude(picture=""), pk=pk)
    return serve_size(change.picture.name or "", name)


@require_safe
def proposed_file(request: HttpRequest, pk: int) -> FileResponse:
    """Serve the PDF that somebody has proposed."""
    require_permission(request, "events.change_talk")
    return serve_pdf(get_object_or_404(ProposedChange.objects.exclude(pdf=""), pk=pk))


def serve_size(picture: str, name: str) -> FileResponse:
    """Answer with the file `name` of a stored picture, for this reader alone."""
    found = SIZE.fullmatch(name)
    if found is None:
        raise Http404
    path = PurePosixPath(picture).with_name(name)
    return serve_file(str(path), CONTENT_TYPES[found[1]], is_public=False)


def serve_pdf(change: ProposedChange) -> FileResponse:
    """Answer with a proposed PDF to download, for this reader alone."""
    title = f"Folien {change.link.speaker.name}"
    return serve_file(change.pdf.name or "", "application/pdf", title=title, is_public=False)


URLS: list[DeskUrl] = [
    ("vorschlaege/<int:pk>/bild/<str:name>", proposed_picture, "proposed_picture"),
    ("vorschlaege/<int:pk>/datei/", proposed_file, "proposed_file"),
]
