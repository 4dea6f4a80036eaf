"""Files for download: uploaded pictures and PDFs, and who may see them; calendar files."""

import re

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from events import calendar
from events.models import Material, Speaker, Talk
from events.pages.requests import SiteRequest
from events.previews import uid_of
from events.uploads.images import CONTENT_TYPES, FOLDER

# Whatever an uploaded file holds, it runs nothing and loads nothing.
FILE_CSP = "default-src 'none'; sandbox"
# What separates folders. Browsers see to what else the visitor's own system refuses.
SEPARATOR = re.compile(r"[/\\]")


@require_safe
def picture(request: SiteRequest, folder: str, name: str) -> FileResponse:
    """Serve one size of a talk's picture or portrait; of a draft only to those who may see it."""
    shown = _talk_of_picture(f"{FOLDER}/{folder}/")
    if not (shown.is_published or may_see_draft(request, shown, "events.view_talk")):
        raise Http404
    content_type = CONTENT_TYPES[f".{name.rpartition('.')[2]}"]
    return serve_file(f"{FOLDER}/{folder}/{name}", content_type, is_public=shown.is_published)


def _talk_of_picture(folder: str) -> Talk:
    """Return the talk that shows the picture in the folder: its own, or one of who speaks."""
    if found := Talk.objects.filter(image__startswith=folder).first():
        return found
    speakers = Speaker.objects.select_related("talk")
    return get_object_or_404(speakers, portrait__startswith=folder).talk


@require_safe
def material(request: SiteRequest, pk: int) -> FileResponse:
    """Serve a PDF that everybody may read.

    Those for participants are served by `material` in registration/pages/mine.py.
    """
    found = get_object_or_404(Material.objects.files(), pk=pk)
    is_public = found.is_public and found.talk.is_published
    if not (is_public or may_see_draft(request, found.talk, "events.view_material")):
        raise Http404
    name = found.file.name or ""
    return serve_file(name, "application/pdf", title=found.title, is_public=is_public)


@require_safe
def icon(request: SiteRequest, name: str) -> FileResponse:
    """Serve an icon of the site that programs ask for at the root, whatever a page names."""
    content_type = "image/png" if name.endswith(".png") else "image/x-icon"
    file = staticfiles_storage.open(f"img/{name}")
    response = FileResponse(file, content_type=content_type)
    del response["Content-Disposition"]
    response["Cache-Control"] = "public, max-age=86400"
    return response


def may_see_draft(request: SiteRequest, talk: Talk, permission: str) -> bool:
    """Whether an organiser with `permission`, or the holder of the preview's link, asks.

    A link that leads nowhere is noted in the request, because somebody may be guessing;
    DeadLinks (registration/pages/link_holder.py) counts it.
    """
    token = request.GET.get("vorschau", "")
    if uid_of(token) == talk.uid.hex or request.user.has_perm(permission):
        return True
    request.has_dead_link = bool(token)
    return False


def serve_file(
    name: str, content_type: str, *, title: str = "", is_public: bool = True
) -> FileResponse:
    """Answer with the stored file `name`, sandboxed; with a `title` it is a PDF to download."""
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        file,
        content_type=content_type,
        as_attachment=bool(title),
        filename=file_name(title, "pdf") if title else "",
    )
    response["Content-Security-Policy"] = FILE_CSP
    response["Cache-Control"] = "public, max-age=86400" if is_public else "private, no-store"
    return response


def file_name(title: str, suffix: str) -> str:
    """Return `title` as the name of a download: `Teil 1/2` becomes `Teil 1-2.pdf`.

    Whatever stands before a slash would be cut off.
    """
    name = SEPARATOR.sub("-", title).strip(". ").removesuffix(f".{suffix}")
    return f"{name or 'Material'}.{suffix}"


def calendar_file(content: bytes, name: str) -> HttpResponse:
    """Answer with `content` as the download `<name>.ics`."""
    return HttpResponse(
        content,
        content_type=calendar.CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.ics"'},
    )
