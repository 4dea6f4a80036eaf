"""Links as programs for mail and chat write them, and how long they may be."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.validators import URLValidator

# SharePoint's links to a recording have 300 to 1,500 characters; all browsers take 2,000.
MAX_LENGTH = 2_000
WEB_ONLY = URLValidator(schemes=["http", "https"])
# With a code of its own: a form puts its own words in place of those of `invalid`.
HTTPS_ONLY = URLValidator(
    schemes=["https"],
    message="Bitte geben Sie eine Adresse an, die mit https:// beginnt.",
    code="https_only",
)
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
