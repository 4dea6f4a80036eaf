"""The first page as an organiser reads it."""

import re
from dataclasses import dataclass
from html import unescape

from django.contrib.auth.models import Group, User

from tests.makers import make_groups

TASK = re.compile(
    r'<li( class="urgent")?>\s*<p id="(?:task|further)-\d+">(.*?)</p>\s*<a (.*?)</a>', re.S
)
DEADLINE = re.compile(r'<span class="deadline">(.*?)</span>')
BUTTON = re.compile(r'href="([^"]*)"[^>]*>(.*)', re.S)


@dataclass(frozen=True)
class Line:
    """One task as it is read."""

    text: str
    deadline: str
    button: str
    url: str
    is_urgent: bool


def words(html: str) -> str:
    """Return what is read, with plain spaces."""
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
    return re.sub(r" ([.,:])(?= |$)", r"\1", text)


def lines(client) -> list[Line]:
    """Return the tasks of whoever is logged in, in their order."""
    html = client.get("/admin/").content.decode()
    found = []
    for urgent, sentence, link in TASK.findall(html):
        deadline = "".join(DEADLINE.findall(sentence))
        text = words(DEADLINE.sub("", sentence)).removeprefix("Dringend ")
        url, button = BUTTON.search(link).groups()
        line = Line(text, words(deadline), words(button), unescape(url), bool(urgent))
        found.append(line)
    return found


def find(client, start: str) -> Line | None:
    """Return the one task whose text has `start` in it; None if there is none."""
    found = [line for line in lines(client) if start in line.text]
    assert len(found) <= 1, found
    return found[0] if found else None


def as_role(client, *roles: str) -> User:
    """Log in as somebody with these roles and no other right."""
    make_groups()
    name = "-".join(roles) or "niemand"
    user = User.objects.filter(username=name).first()
    user = user or User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    client.force_login(user)
    return user
