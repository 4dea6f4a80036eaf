"""A field for a file on a page for visitors: it keeps what was chosen when the form comes back."""

from django import forms
from django.core.files.base import File

from events.desk.kept_uploads import RemembersUpload
from events.uploads.kept import CheckedUpload


class UploadInput(RemembersUpload):
    """A field for a file on a page for visitors."""

    kept_template = "registration/speakers/_kept_file.html"


def raise_refusal(upload: File) -> None:
    """Raise what `take_in` has found wrong; a file that it has not seen is a fault of ours."""
    if not isinstance(upload, CheckedUpload):
        raise TypeError("The view has not called take_in.")
    if upload.refusal:
        raise upload.refusal


def upload_field(label: str, help_text: str, accept: str) -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text=help_text,
        required=False,
        validators=[raise_refusal],
        widget=UploadInput({"accept": accept}),
    )
