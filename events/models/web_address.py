"""Addresses that the site shows as links: of the web, and of nothing else."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django import forms
from django.core.validators import URLValidator
from django.db import models

# SharePoint's links to a recording have 300 to 1,500 characters; all browsers take 2,000.
MAX_LENGTH = 2_000
WEB_ONLY = URLValidator(schemes=["http", "https"])
# Programs for mail and chat put addresses of their own around a link, to look at who clicks it
# and when. By the end of the host: the parameters that may hold the real address.
WRAPPERS = {
    ".safelinks.protection.outlook.com": ("url",),
    "statics.teams.cdn.office.net": ("url",),
    "www.google.com": ("q", "url"),
    "linkprotect.cudasvc.com": ("a",),
    ".trendmicro.com": ("url",),
    "urldefense.proofpoint.com": ("u",),
}
# The first and third edition of Proofpoint's: an encoding of its own, and the address as it is.
PROOFPOINT_2 = str.maketrans({"-": "%", "_": "/"})
PROOFPOINT_3 = re.compile(r"https://urldefense\.com/v3/__(https?:/[^*]*?)__;.*")
# A link may have passed through several.
DEPTH = 4


def unwrapped(address: str) -> str:
    """Return the real address in one that a mail or chat program has wrapped, else `address`."""
    for _ in range(DEPTH):
        inner = _inner(address)
        if not inner.startswith(("http://", "https://")):
            break
        address = inner
    return address


def _inner(address: str) -> str:
    """Return what is wrapped in `address`; "" if nothing is."""
    if found := PROOFPOINT_3.fullmatch(address):
        return re.sub(r"^(https?):/(?!/)", r"\1://", found[1])
    try:
        parts = urlsplit(address)
        host, query = parts.hostname or "", parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return ""
    for end, names in WRAPPERS.items():
        if host == end or (end.startswith(".") and host.endswith(end)):
            inner = next((query[name][0] for name in names if name in query), "")
            is_proofpoint = host == "urldefense.proofpoint.com"
            return unquote(inner.translate(PROOFPOINT_2)) if is_proofpoint else inner
    return ""


class WebAddressFormField(forms.URLField):
    """A field that takes a wrapped address and gives the real one."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(unwrapped(value.strip()) if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave `maxlength` out: a browser would cut a long wrapped link without a word."""
        attributes = super().widget_attrs(widget)
        attributes.pop("maxlength", None)
        return attributes


class WebAddressField(models.URLField):
    """A link as long as they come, to the web and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MAX_LENGTH)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("validators", [WEB_ONLY])
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Name Django's own field: migrations know the column and nothing of our code."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": WebAddressFormField} | kwargs)
