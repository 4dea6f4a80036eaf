"""Every page of the admin speaks good German to every role, full or empty."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse

from tests.makers import make_groups
from tests.sentences import too_long
from tests.webtalks.addresses import addresses

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# What Django's translation says and no clerk would, and words of programmers.
STUMBLING = [
    r"Geschichte",
    r"zur Änderung auswählen",
    r"zum Ansehen auswählen",
    r"Zurücksetzen",
    r"\d Löschprotokoll",
    r"Eintrag im Löschprotokoll zur",
    r"Ausgewählte Ort\b",
    r"Ausgewählte Ortsverzeichnis",
    r"verwandter? Objekte",
    r"resultieren",
    r"es es",
    r"das selbe",
    r"Staff",
    r"Mitarbeiter-Status",
    r"Administrator-Status",
    r"Brotkrümel",
    r"Objekte?\b",
    r"erfolgreich",
    r"existiert nicht",
    r"Autorisierung",
    r"Benutzer\b",
    r"unten aufgeführte",
    r"Primärschlüssel",
]
ENGLISH = [
    "access",
    "account",
    "action",
    "add",
    "attempt",
    "axes",
    "change",
    "delete",
    "entry",
    "history",
    "home",
    "item",
    "items",
    "object",
    "permission",
    "save",
    "search",
    "select",
    "successfully",
    "the",
    "user",
    "view",
    "your",
]
ROLES = ["Redaktion", "Teilnehmende", "Lesend", "superuser"]
# What stands there is not ours to say: the raw list of rights, and the preview of a mail.
RAW = re.compile(r'<select[^>]*name="(?:user_)?permissions".*?</select>', re.DOTALL)
MAIL = re.compile(r'<(\w+) class="mail-preview".*?</\1>', re.DOTALL)
# Deleting a role, which the superuser alone could, lists rows of a table that has no name.
NOT_READ = re.compile(r"/auth/group/\d+/delete/")
SAID = {"alt", "aria-label", "placeholder", "title"}
BUTTONS = {"submit", "button", "reset"}


class _Words(HTMLParser):
    """What a page says, also to those who do not see it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in ("script", "style")
        said = SAID | ({"value"} if dict(attrs).get("type") in BUTTONS else set())
        self.parts += [value for name, value in attrs if name in said and value]

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(" ".join(data.split()))


def words_of(html: str) -> list[str]:
    reader = _Words()
    reader.feed(RAW.sub("", html))
    return [part for part in reader.parts if part]


FAULTS = [
    re.compile("|".join(STUMBLING)),
    re.compile(rf"(?<![\w./-])({'|'.join(ENGLISH)})(?![\w/-])", re.IGNORECASE),
]


def faults_of(html: str) -> list[str]:
    """Return what stumbles or is English."""
    return [part for part in words_of(html) if any(fault.search(part) for fault in FAULTS)]


def pages(client, paths) -> dict[str, str]:
    """Return the HTML of all paths that answer with a page."""
    found = {}
    for path in paths:
        response = client.get(path)
        content = response.getvalue()  # reads and closes what is a file
        if response.headers.get("Content-Type", "").startswith("text/html"):
            found[path] = content.decode()
    return found


def log_in(client, role):
    user = User.objects.create_user("änne", is_staff=True, is_superuser=role == "superuser")
    user.groups.set(Group.objects.filter(name=role))
    client.force_login(user)


# The most and the least rights; the two between them have pages of both.
@pytest.mark.parametrize(
    "role",
    [
        role if role in ("Lesend", "superuser") else pytest.param(role, marks=pytest.mark.slow)
        for role in ROLES
    ],
)
def test_every_page_of_the_admin_speaks_german_in_short_sentences(
    client, settings, tmp_path, role
):
    settings.MEDIA_ROOT = tmp_path
    make_groups()
    # Whoever may do everything gets no page there, but what takes seconds to be written.
    files = {"admin pdf", "admin sheet"} if role == "superuser" else set()
    paths = [a.path for a in addresses() if a.in_admin and a.kind not in files]
    log_in(client, role)

    read = pages(client, paths)

    ours = {path: html for path, html in read.items() if not NOT_READ.search(path)}
    assert len(ours) > 60
    assert {path: faults for path, html in ours.items() if (faults := faults_of(html))} == {}
    long = {path: too_long(MAIL.sub("", html)) for path, html in read.items()}
    assert {path: found for path, found in long.items() if found} == {}


def test_empty_list_says_what_will_stand_there(admin_client):
    lists = [
        reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
        for model in admin.site._registry
        if model._meta.label not in ("auth.User", "auth.Group")
    ]

    for path, html in pages(admin_client, lists).items():
        assert (path, html.count('class="empty-list"')) == (path, 1)
        assert (path, "Noch nichts.\n" in html) == (path, False)
        assert faults_of(html) == []


def test_list_that_finds_nothing_leads_back_to_all(admin_client):
    html = admin_client.get("/admin/events/topic/?q=nirgends").content.decode()

    assert re.search(r'Dazu gibt es nichts. <a href="\?">Alle zeigen</a>', html)
