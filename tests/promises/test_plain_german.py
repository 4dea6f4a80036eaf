"""What readers read: short sentences, one name for each thing, nothing odd when read aloud.

The organisers' own texts are rows of the database (titles, announcements, messages, answers). Here
they are a few words each, so that a sentence which is found is one of ours. Mails:
registration/mail/test_compose_looks.
"""

import ast
import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from events.models import Material, Series, Talk, Topic
from registration.models import Interest, ProposedChange
from registration.pages.mine import NOTICES
from registration.speakers.page import FORMS, TOLD
from registration.urls import urlpatterns
from tests.events.public_pages import PAGES
from tests.makers import make_registration, make_speaker_link, make_talk
from tests.registration.link_pages import token_of
from tests.sentences import too_long, too_long_in_text

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SLOW = pytest.mark.slow
SOON = timedelta(minutes=10)
SLUG = "groesse"
# What the talk is when its pages are read; people sign up before.
STATES = {
    "coming": {},
    "few seats": {"capacity": 6},
    "full": {"capacity": 1},
    "full without a queue": {"capacity": 1, "waiting_list": False},
    "not open yet": {"registration_opens_at": timedelta(days=1)},
    "closed": {"registration_closes_at": timedelta(days=-1)},
    "room open": {"starts_at": SOON, "meeting_url": "https://meet.example/a"},
    "room without its link": {"starts_at": SOON},
    "queue closed": {"starts_at": timedelta(hours=1), "capacity": 1},
    "running": {"starts_at": -SOON, "meeting_url": "https://meet.example/a"},
    "past": {"starts_at": timedelta(days=-3)},
    "cancelled": {"status": "cancelled"},
    "postponed": {"status": "postponed"},
    "draft": {"status": "draft"},
}


def each_state(*first: str):
    """Give every state; all but the first ones, in which most differs, belong to the long run."""
    return pytest.mark.parametrize(
        "state", [name if name in first else pytest.param(name, marks=SLOW) for name in STATES]
    )


PUBLIC = [
    *PAGES,
    *("/sicherheit/", "/einbetten/", "/gibt/es/nicht/", "/vortragen/"),
    *("/archiv/?q=nichts", "/archiv/?thema=nichts"),
    *("/anmeldung/", f"/anmeldung/?talk={SLUG}", "/anmeldung/links/", "/terminhinweise/"),
    *(f"/talks/{SLUG}/", f"/talks/{SLUG}/aushang/", f"/talks/{SLUG}/teilnehmen/"),
    *(f"/anmeldung/{page}/" for page in ("danke", "weitergegeben", "geloescht")),
    *("/anmeldung/links/verschickt/", "/anmeldung/adresse/geaendert/", "/terminhinweise/danke/"),
]
WRONG = {"name": "x" * 500, "email": "kim@münchen", "organisation": "x" * 500, "talks": ["weg"]}


def html_of(response) -> str:
    """Return what the browser shows; what is no page is nothing to read."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return response.content.decode() if is_page else ""


def found_in(client, paths: list[str], forms: list[str]) -> dict[str, list[str]]:
    """Return the sentences that are too long, by the address; `forms` are also sent badly."""
    pages = {path: html_of(client.get(path)) for path in paths}
    for path in forms:
        pages[f"{path} empty"] = html_of(client.post(path, {}))
        pages[f"{path} wrong"] = html_of(client.post(path, WRONG))
    assert len([page for page in pages.values() if page]) > len(pages) / 3
    return {path: found for path, page in pages.items() if (found := too_long(page))}


def becomes(talk: Talk, fields: dict) -> None:
    """Give the talk its state; a time is told from now."""
    now = talk.starts_at - timedelta(days=21)
    values = {
        name: now + value if isinstance(value, timedelta) else value
        for name, value in fields.items()
    }
    if "starts_at" in values:
        values["ends_at"] = values["starts_at"] + timedelta(hours=1)
    Talk.objects.filter(pk=talk.pk).update(**values)


@pytest.fixture
def talk():
    """Give a talk with all that its pages can show."""
    Series.objects.create(
        organisers="Städteverein & Freunde https://verein.example",
        contact_email="orga@stadt.example",
        contact_phone="030 1",
        programme="Zoom",
        is_recorded=True,
    )
    talk = make_talk(slug=SLUG, capacity=3)
    talk.topics.add(Topic.objects.create(name='Ä & "Ö"', slug="oe"))
    for audience in Material.Audience:
        Material.objects.create(
            talk=talk, title="Folien", url="https://folien.example/", audience=audience
        )
    return talk


@pytest.fixture
def rows(talk):
    """Give one row of each kind: with a seat, waiting, left, and not yet confirmed."""
    seat, left, *_ = (
        make_registration(talk, email=f"{name}@stadt.example", question="Und nun?")
        for name in ("kim", "lea", "toni")
    )
    waiting = make_registration(talk, email="mia@stadt.example")
    Talk.objects.filter(pk=talk.pk).update(double_opt_in=True, capacity=9)
    pending = make_registration(Talk.objects.get(pk=talk.pk), email="pia@stadt.example")
    left.cancel()
    return {"seat": seat, "waiting": waiting, "left": left, "pending": pending}


def pages_of(row) -> dict[str, str]:
    """Return the paths behind the links of one registration, by their names."""
    found = {}
    for route in urlpatterns:
        if "token" not in route.pattern.converters or route.name.startswith("interest"):
            continue
        own = {"uuid": row.uuid} if "uuid" in route.pattern.converters else {}
        try:
            path = reverse(
                f"registration:{route.name}", kwargs={"token": token_of(route.name, row.key)} | own
            )
        except NoReverseMatch:  # a file
            continue
        found[route.name] = path
    return found


@each_state("coming", "running", "past")
def test_public_pages_have_no_long_sentence(client, talk, rows, state):
    becomes(talk, STATES[state])

    forms = ["/anmeldung/", "/anmeldung/links/", "/terminhinweise/", f"/talks/{SLUG}/teilnehmen/"]
    assert found_in(client, PUBLIC, forms) == {}


def test_pages_of_an_empty_site_have_no_long_sentence(client):
    assert found_in(client, [path for path in PUBLIC if SLUG not in path], []) == {}


@each_state("full", "past")
def test_private_pages_have_no_long_sentence(client, talk, rows, state):
    becomes(talk, STATES[state])
    paths, forms = [], []
    for row in rows.values():
        pages = pages_of(row)
        paths += pages.values()
        forms += [pages[name] for name in ("details", "change_address", "hand_over", "question")]

    assert found_in(client, paths, forms) == {}


@each_state("coming", "postponed")
def test_pages_of_a_speaker_have_no_long_sentence(client, talk, rows, state):
    becomes(talk, STATES[state])
    link = make_speaker_link(talk)
    propose = ProposedChange.objects.propose
    propose(link, "subtitle", "Neu").decide("declined", "Nein.")
    propose(link, "contact", "kim@gmx.de")
    desk, preview, reminders = (
        reverse(f"registration:{name}", args=[link.token])
        for name in ("speaker", "speaker_preview", "speaker_reminders")
    )
    parts = [reverse("registration:speaker_part", args=[link.token, form.part]) for form in FORMS]
    told = [f"{desk}?{name}=talk" for name in TOLD]

    assert found_in(client, [desk, *told, preview, reminders], parts) == {}


def test_notices_and_dead_links_have_no_long_sentence(client, rows):
    pages = pages_of(rows["seat"])
    notices = [f"{pages['mine']}?stand={name}" for name in NOTICES]
    dead = [path[:-6] + "x/" for path in pages.values()]

    assert found_in(client, notices + dead, []) == {}


def test_pages_of_the_interest_list_have_no_long_sentence(client):
    asking, on_it, ended = (
        Interest.objects.ask(f"{name}@stadt.example") for name in ("a", "b", "c")
    )
    on_it.confirm()
    ended.confirm()
    ended.withdraw()
    names = ("interest_confirm", "interest_mine", "interest_end")
    paths = [
        reverse(f"registration:{name}", args=[token_of(name, row.key)])
        for row in (asking, on_it, ended)
        for name in names
    ]

    assert found_in(client, paths, []) == {}


ERROR_PAGES = ["400", "403", "403_csrf", "404", "413", "415", "500", "503"]


@pytest.mark.parametrize("is_admin", [False, True])
def test_error_pages_have_no_long_sentence(rf, is_admin):
    pages = {
        name: render_to_string(f"{name}.html", {"is_admin": is_admin}, rf.get("/"))
        for name in ERROR_PAGES
    }
    of_proxy = (settings.BASE_DIR / "webtalks/proxy/errors").glob("*.html")
    pages |= {path.name: path.read_text() for path in of_proxy}

    assert {name: found for name, page in pages.items() if (found := too_long(page))} == {}
    assert len(pages) > len(ERROR_PAGES)


GERMAN = re.compile("[äöüß„]| (der|die|das|ist|nicht|und|Sie) ")


# Everything at once, whether or not a test comes by: templates, and words in the code


def templates() -> list[Path]:
    return sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@cache
def words_of(template: Path) -> str:
    """Return the template as HTML: each branch on its own, X for what is filled in."""
    html = re.sub(r"{% *(?:el\w+|empty)\b.*?%}", "<br>", template.read_text())
    return re.sub(r"{{.*?}}", "X", re.sub(r"{%.*?%}|{#.*?#}", "", html))


@cache
def strings() -> dict[str, list[str]]:
    """Return all German strings of our modules, by the module."""
    found: dict[str, list[str]] = {}
    for app in ("events", "registration", "webtalks"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            tree = ast.parse(path.read_text())
            statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            found[str(path.relative_to(settings.BASE_DIR))] = [
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
                if id(node) not in statements and GERMAN.search(node.value)
            ]
    return found


def test_no_template_has_a_long_sentence():
    found = {path.name: too_long(words_of(path)) for path in templates()}

    assert {name: long for name, long in found.items() if long} == {}


def test_no_message_of_the_code_is_a_long_sentence():
    found = {
        path: [long for text in texts for long in too_long_in_text(text)]
        for path, texts in strings().items()
    }

    assert {path: long for path, long in found.items() if long} == {}


# Names by which nothing goes any more, what readers get by „E-Mail“, and forms with a colon.
NO_NAME = re.compile(
    r"Terminhinweis|Datenschutz(?:hinweis|erklärung)|\bArchiv\b|(?<![-\u2011;])\bMails?\b|[a-zäöü][:*]in(?:nen)?\b"
)
FOR_ORGANISERS = ("admin", "docs")


def test_each_thing_has_one_name():
    found = {
        str(path.relative_to(settings.BASE_DIR)): NO_NAME.findall(words_of(path))
        for path in templates()
        if path.relative_to(settings.BASE_DIR / "templates").parts[0] not in FOR_ORGANISERS
    }
    for path, texts in strings().items():
        if "/pages/" in path or "/text/" in path:
            found[path] = [name for text in texts for name in NO_NAME.findall(text)]
        else:
            found[path] = [text for text in texts if re.search("Terminhinweis", text)]

    assert {path: names for path, names in found.items() if names} == {}


def test_hidden_words_go_on_as_speech():
    """A reader with a screen reader hears „: “ as a pause, or as „Doppelpunkt“."""
    hidden = [
        words
        for path in templates()
        for words in re.findall(r'class="visually-hidden">(.*?)</span>', path.read_text())
    ]

    assert [words for words in hidden if re.match(r"\s*[:;–-]", words)] == []
    assert len(hidden) > 10
