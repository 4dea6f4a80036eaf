"""What old migrations need of the code as it was when they were written.

It never follows the code: a later change has a migration of its own.
"""

import re
import unicodedata
from email.utils import parseaddr

import idna

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions

ALL = ("view", "add", "change", "delete")

ROLES = {
    "Redaktion": {
        "talk": ALL,
        "speaker": ALL,
        "material": ALL,
        "topic": ALL,
        "municipality": ALL,
        "series": ("view", "add", "change"),
    },
    # They see the talks, because they choose their people by them.
    "Teilnehmende": {
        "talk": ("view",),
        "speaker": ("view",),
        "municipality": ("view",),
        "registration": ("view", "change", "export", "erase"),
        "interest": ("view", "change"),
        "erasure": ("view",),
        "outgoingmail": ("view", "change"),
        "message": ("view", "add", "change"),
    },
    # No personal data: for whoever only wants to follow the series.
    "Lesend": {
        "talk": ("view",),
        "speaker": ("view",),
        "material": ("view",),
        "topic": ("view",),
        "municipality": ("view",),
        "series": ("view",),
    },
}
APPS = ("events", "registration")


def grant_roles(apps, schema_editor):
    """Create the three groups of organisers and give them their rights (0003, 0007, 0011)."""
    # Django creates permissions after all migrations: too late.
    alias = schema_editor.connection.alias
    for label in APPS:
        create_permissions(installed.get_app_config(label), verbosity=0, apps=apps, using=alias)
    # Where a site moves to another database, the default one is that which it leaves.
    groups = apps.get_model("auth", "Group").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    for role, rights in ROLES.items():
        names = [f"{verb}_{model}" for model, verbs in rights.items() for verb in verbs]
        group, _ = groups.get_or_create(name=role)
        group.permissions.set(
            permissions.filter(content_type__app_label__in=APPS, codename__in=names)
        )


# What nobody can see, for 0014: see events/text/cleaning.py.
BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
NONCHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xF0000, 0x10000)
)
HIDDEN = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b"
    "\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    f"\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\U000f0000-\U0010ffff{NONCHARACTERS}]"
)
AT_THE_BEGINNING = re.compile("(?:^|(?<=\\s))[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
JOINERS = re.compile("[\u200c\u200d]+")
JOINING = re.compile(
    "[\u0600-\u109f\u1780-\u18af\u1b00-\u1bff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)
EMOJI = re.compile("[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")


def clean_line(text):
    return re.sub("  +", " ", visible(on_one_line(text))).strip()


def clean_lines(text):
    return visible(BREAK.sub("\n", text)).strip()


def on_one_line(text):
    return re.sub(r"[\t\n\x1f]", " ", BREAK.sub(" ", text))


def visible(text):
    text = unicodedata.normalize("NFC", HIDDEN.sub("", text.replace("\x1f", " ")))
    while (kept := JOINERS.sub(kept_joiner, AT_THE_BEGINNING.sub("", text))) != text:
        text = unicodedata.normalize("NFC", kept)
    return text


def kept_joiner(found):
    joiner, text = found[0][0], found.string
    if not found.start():
        return ""
    before, after = text[found.start() - 1], text[found.end() : found.end() + 1]
    if unicodedata.combining(before) == 9 or (joins(before) and joins(after)):
        return joiner
    is_emoji = EMOJI.fullmatch(before) and EMOJI.fullmatch(after) and "\u200d" in found[0]
    return "\u200d" if is_emoji else ""


def joins(character):
    return bool(JOINING.fullmatch(character)) and unicodedata.category(character)[0] in "LM"


def clean_rows(rows, rules):
    """Write the texts of `rows` clean, past everything that a change entails; return the rows.

    `rules` says by column what cleans it. What would be empty then stays: a constraint may want
    something there.
    """
    changed = []
    for row in rows.only(*rules).order_by("pk").iterator(chunk_size=2000):
        values = {}
        for name, clean in rules.items():
            old = getattr(row, name)
            field = rows.model._meta.get_field(name)
            new = clean(old)[: field.max_length] if old else old
            if not new or new == old:
                continue
            values[name] = new
        if values:
            rows.filter(pk=row.pk).update(**values)
            changed.append(row.pk)
    return changed


def organizer(text):
    """Return the address in `text` as invitations named it, in ASCII, for 0015; or nothing."""
    local_part, _, domain = parseaddr(text)[1].rpartition("@")
    try:
        return f"{local_part}@{idna.encode(domain.lower()).decode()}" if local_part else ""
    except (idna.IDNAError, UnicodeError):
        return ""
