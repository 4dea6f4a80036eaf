"""Every page and every state of the form passes the Nu checker, the HTML standard's own."""

import json
import subprocess
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Material, Municipality, Topic
from registration.models import links
from registration.pages.talk_choice import question_name
from tests.events.upload_files import PDF, jpeg, upload
from tests.foreign.tools import program, vnu_jar
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
PAGES = {
    "start": "/",
    "archive": "/archiv/",
    "archive-narrowed": "/archiv/?thema=klima&q=%22Klima%22",
    "archive-empty": "/archiv/?q=nirgends&thema=klima",
    "map": "/landkarte/",
    "subscribe": "/abonnieren/",
    "embed": "/einbetten/",
    "about": "/ueber/",
    "imprint": "/impressum/",
    "privacy": "/datenschutz/",
    "accessibility": "/barrierefreiheit/",
    "form": "/anmeldung/",
    "form-ticked": "/anmeldung/?talk=kommt",
    "thanks": "/anmeldung/danke/",
    "thanks-named": "/anmeldung/danke/?talk=kommt",
    "dead-link": "/meine-anmeldung/x.y/",
    "not-found": "/gibt/es/nicht",
    "not-readable": "/?q=%00",
}


def rich_talk(**fields):
    """Create a talk with everything a talk can have."""
    talk = make_talk(
        image=upload(jpeg((1200, 800))),
        image_credit='© "Stadt" & <Land>',
        image_alt='Ein "Markt" & <Platz>',
        image_caption="Der <Markt>",
        has_captions=True,
        recap="So war es.",
        written_answers="Ja & nein.",
        **fields,
    )
    talk.topics.add(Topic.objects.first())
    Material.objects.create(talk=talk, title='"Folien" & <mehr>', file=upload(PDF, "f.pdf"))
    Material.objects.create(talk=talk, title="Video", url="https://v.de/?a=1&b=2")
    return talk


def personal_pages(person) -> dict[str, str]:
    """Return what a person's links lead to, by name."""
    token = links.token(person.key, links.PURPOSE_MINE)
    wish = links.NewAddress(person.key, "lea@stadt.example")
    addresses = {
        "mine": [token],
        "details": [token],
        "change_address": [token],
        "erase": [token],
        "cancel": [token, person.uuid],
        "question": [token, person.uuid],
        "hand_over": [token, person.uuid],
        "new_address": [links.new_address_token(wish, timezone.now() + DAY)],
        "join": [links.token(person.key, links.PURPOSE_JOIN)],
    }
    return {
        name: reverse(f"registration:{name}", args=arguments)
        for name, arguments in addresses.items()
    }


@pytest.fixture
def pages(client):
    """Return every page by name, after a talk of each kind was created."""
    call_command("load_talks", stdout=StringIO())
    Municipality.objects.filter(name="Vrees").update(latitude=52.88551, longitude=7.77242)
    coming = rich_talk(title="Kommt", capacity=1)
    talks = [
        coming,
        rich_talk(title="War", starts_in=-DAY),
        make_talk(title="Abgesagt", status="cancelled"),
        make_talk(title="Verschoben", status="postponed"),
        make_talk(title="Ohne alles", town=None, speaker="", announcement=""),
    ]
    person = make_registration(coming)
    found = PAGES | {f"talk-{talk.slug}": talk.get_absolute_url() for talk in talks}
    found["notice"] = f"{coming.get_absolute_url()}aushang/"
    found |= personal_pages(person)
    html = {name: client.get(path).content for name, path in found.items()}
    html["form-empty"] = client.post("/anmeldung/").content
    wrong = {
        "talks": ["kommt", "abgesagt"],
        "name": "x" * 500,
        "email": "kim@",
        question_name(talks[2]): "x" * 5000,
        question_name(talks[4]): "x" * 5000,
    }
    html["form-errors"] = client.post("/anmeldung/", wrong).content
    strict = Client(enforce_csrf_checks=True)
    html["forged"] = strict.post("/admin/login/").content
    html["pressed again"] = strict.post("/anmeldung/").content
    return html


def complaints(directory) -> list[str]:
    """Return what the checker says of the pages in `directory`, warnings included."""
    command = [program("java", "default-jre-headless"), "-jar", vnu_jar(), "--format", "json"]
    result = subprocess.run(
        [*command, "--stdout", "--skip-non-html", directory], capture_output=True, text=True
    )
    return [
        f"{message['url'].rpartition('/')[2]}:{message.get('lastLine')} {message['message']}"
        for message in json.loads(result.stdout)["messages"]
    ]


def test_every_page_passes_the_checker(pages, tmp_path):
    for name, content in pages.items():
        assert (name, b"</html>" in content) == (name, True)
        (tmp_path / f"{name}.html").write_bytes(content)

    assert complaints(tmp_path) == []


def test_the_checker_complains_at_all(tmp_path):
    (tmp_path / "wrong.html").write_text(
        "<!doctype html><html lang=de><title>x</title><p><div></p>"
    )

    assert any("wrong.html:1 No “p” element in scope" in line for line in complaints(tmp_path))
