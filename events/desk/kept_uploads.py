"""Uploads in forms: looked at before the form, kept when it is shown again.

So do the organisers' forms, and those of a speaker (registration/speakers/file_parts.py).
"""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.forms import FileInput
from django.forms.renderers import BaseRenderer
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.models import Talk
from events.uploads import images, kept, pdfs
from events.uploads.kept import CannotStore, CheckedUpload, Kind, Owner

KEEPERS: dict[Kind, Callable[[File, Owner], CheckedUpload]] = {
    Kind.PICTURE: images.keep,
    Kind.PDF: pdfs.keep,
}
# What is sent along with a field for a file: the signed name, and the box to do without it.
TOKEN, DROP = "-kept", "-drop"


class RemembersUpload(FileInput):
    """A field for a file, with what it holds already of a form that was not saved."""

    kept_template = "admin/events/kept_file.html"
    # What came with the form; each form has a copy of this widget for itself.
    sent: File | None = None

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, UploadedFile], name: str
    ) -> Any:
        self.sent = files.get(name)
        return super().value_from_datadict(data, files, name)

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        return format_html("{}{}", self._kept(name), self._control(name, value, attrs))

    def _control(self, name: str, value: Any, attrs: dict[str, Any] | None) -> SafeString:
        return super().render(name, value, attrs)

    def _kept(self, name: str) -> SafeString:
        """Return what was sent before as HTML, with its signed name; "" if nothing is kept."""
        if not (isinstance(self.sent, CheckedUpload) and self.sent.signed):
            return SafeString("")
        context = {
            "upload": self.sent,
            "is_picture": self.sent.signed["kind"] == Kind.PICTURE,
            "thumbnail": _thumbnail(self.sent),
            "token_name": name + TOKEN,
            "drop_name": name + DROP,
        }
        return render_to_string(self.kept_template, context)


class KeptFileInput(RemembersUpload, AdminFileWidget):
    """The admin's field for a file."""

    def _control(self, name: str, value: Any, attrs: dict[str, Any] | None) -> SafeString:
        """Return the field; before it the stored picture as it is shown, or a link to the file."""
        context = self.get_context(name, value, attrs)
        if context["widget"]["is_initial"] and isinstance(value, images.PictureFile):
            context["picture"] = images.Picture(value.name or "")
            owner = value.instance
            context["focus"] = owner.image_focus if isinstance(owner, Talk) else ""
        return render_to_string("admin/events/file_input.html", context)


def _thumbnail(upload: CheckedUpload) -> str:
    """Return the smallest size of a kept picture as an address; "" for anything else.

    It is part of the page, so that nobody can ask for it by an address of its own.
    """
    sizes = [path for path in upload.paths() if re.fullmatch(r"\d+\.jpg", path.name)]
    if not sizes:
        return ""
    smallest = min(sizes, key=lambda path: int(path.stem))
    return f"data:image/jpeg;base64,{base64.b64encode(smallest.read_bytes()).decode()}"


class KeepsUploads(admin.ModelAdmin):
    """Base of the pages that take files.

    These two methods stand around everything else, also around the transaction in which a form
    is saved: on SQLite no visitor could sign up while a picture is read in it.
    """

    # What the fields for files are called in the form, and what each takes.
    uploads: dict[re.Pattern[str], Kind] = {}

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        view = super().add_view
        return self._with_uploads(request, lambda: view(request, form_url, extra_context))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        view = super().change_view
        return self._with_uploads(
            request, lambda: view(request, object_id, form_url, extra_context)
        )

    def _with_uploads(
        self, request: HttpRequest, view: Callable[[], HttpResponse]
    ) -> HttpResponse:
        may_send = self.has_change_permission(request) or self.has_add_permission(request)
        if request.method != "POST" or not may_send:
            return view()
        take_in(request, self.uploads, request.user.pk or 0)
        try:
            return view()
        except CannotStore as failure:
            # Nothing was saved. With a refusal the form is shown again, and keeps what was typed.
            if not isinstance(failure.upload, CheckedUpload):
                raise
            failure.upload.refusal = kept.NOT_STORED()
            return view()


def take_in(request: HttpRequest, uploads: dict[re.Pattern[str], Kind], owner: Owner) -> None:
    """Put into `request.FILES` what the form shall see: each upload checked, or one kept before.

    A wrong upload leaves the one before it kept: nothing but the choice is lost. What another one
    replaces, and what was not to be used, goes at once.
    """
    for pattern, kind in uploads.items():
        names = {*request.FILES, *(name.removesuffix(TOKEN) for name in request.POST)}
        for name in filter(pattern.fullmatch, names):
            token = request.POST.get(name + TOKEN, "")
            before = kept.fetch(token, owner, kind) if token else None
            if before and name + DROP in request.POST:
                _give_up(before)
                before = None
            upload = request.FILES.get(name)
            if upload and upload.size:
                checked = KEEPERS[kind](upload, owner)
                upload.close()
                if checked.refusal and before and before.signed:
                    checked = CheckedUpload(before.signed, checked.refusal)
                elif before:
                    _give_up(before)
                request.FILES[name] = checked
            elif before and not upload:
                request.FILES[name] = before


def _give_up(upload: CheckedUpload) -> None:
    """Remove a kept upload; what a failed save has noted in it is left to `remove_leftovers`."""
    if upload.folder and not kept.noted(upload.folder):
        upload.discard()
