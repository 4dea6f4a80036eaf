"""Uploaded files on their way out."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

# Whatever is inside a file, it neither runs nor loads anything.
FILE_CSP = "default-src 'none'; sandbox"


def serve_file(name, content_type, *, title="", is_public=True):
    """Answer with the stored file `name`, sandboxed; with a `title` it is a download."""
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        file,
        content_type=content_type,
        as_attachment=bool(title),
        filename=f"{title}.pdf" if title else "",
    )
    response["Content-Security-Policy"] = FILE_CSP
    response["Cache-Control"] = "public, max-age=86400" if is_public else "private, no-store"
    return response
