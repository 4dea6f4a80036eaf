"""Links that lead nowhere: counted per network, and beyond thirty an hour asked to wait."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Material
from registration.models import ProposedChange, SpeakerLink, Tally, links
from registration.pages.link_holder import for_speaker
from tests.events.upload_files import PDF, jpeg, upload
from tests.makers import make_registration, make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_thirty_dead_links_an_hour_then_429_and_living_ones_go_on(client, clock):
    row = make_registration()
    good = reverse("registration:mine", args=[links.token(row.key, links.PURPOSE_MINE)])
    dead = ["/meine-anmeldung/x.y/", "/teilnehmen/x.y/", "/terminhinweise/x.y/"]

    answers = [client.get(dead[number % 3]).status_code for number in range(32)]
    last = client.post("/anmeldung/nicht-ich/x.y/")

    assert answers == [404] * 30 + [429] * 2
    assert (last.status_code, last.headers["Retry-After"]) == (429, "3600")
    assert "in 60\u00a0Minuten noch einmal" in last.content.decode()
    assert client.get(good).status_code == 200
    assert client.get(dead[0], REMOTE_ADDR="203.0.113.9").status_code == 404
    clock.shift(timedelta(hours=1))
    assert client.get(dead[0]).status_code == 404


def test_living_links_are_not_counted(client):
    row = make_registration()
    good = reverse("registration:mine", args=[links.token(row.key, links.PURPOSE_MINE)])
    client.get(good)

    assert Tally.objects.count() == 0


@pytest.fixture
def draft():
    """Make a draft with a picture and slides."""
    talk = make_talk(status="draft", image=upload(jpeg()), image_credit="© Kim")
    Material.objects.create(talk=talk, title="Folien", file=upload(PDF, "a.pdf"))
    return talk


def test_dead_links_to_drafts_are_counted_with_the_others(client, clock, draft):
    slides = reverse("events:material", args=[draft.materials.get().pk])
    other = make_talk(title="Anderer", status="draft").preview_url.split("/")[2]
    dead = [
        "/vorschau/x:y:z/",
        f"{slides}?vorschau=x",
        f"{slides}?vorschau={other}",
        f"{draft.picture.src}?vorschau=x",
        "/meine-anmeldung/x.y/",
    ]

    answers = [client.get(dead[number % 5]).status_code for number in range(30)]
    beyond = [client.get(address) for address in dead]

    assert answers == [404] * 30
    assert [(r.status_code, r.headers["Retry-After"]) for r in beyond] == [(429, "3600")] * 5
    assert "in 60\u00a0Minuten noch einmal" in beyond[0].content.decode()
    clock.shift(timedelta(hours=1))
    assert client.get(dead[0]).status_code == 404


def test_holder_of_the_link_to_a_draft_is_not_counted_nor_kept_waiting(client, draft):
    addresses = [
        draft.preview_url,
        f"{reverse('events:material', args=[draft.materials.get().pk])}?vorschau="
        + draft.preview_url.split("/")[2],
    ]
    for address in addresses:
        assert client.get(address).getvalue()
    assert Tally.objects.count() == 0
    for _ in range(31):
        client.get("/vorschau/x:y:z/")

    for address in addresses:
        response = client.get(address)
        response.getvalue()
        assert response.status_code == 200


def test_what_is_missing_without_a_link_is_not_counted(client, admin_client, draft):
    slides = reverse("events:material", args=[draft.materials.get().pk])
    for address in (slides, draft.picture.src, "/gibt-es-nicht/?vorschau=x", "/?vorschau=x"):
        client.get(address)
    admin_client.get(f"{slides}?vorschau=x").getvalue()  # an organiser may

    assert Tally.objects.count() == 0


def test_visitor_without_an_address_is_not_counted(client):
    """Else everybody behind such a proxy were one visitor."""
    for _ in range(31):
        assert client.get("/meine-anmeldung/x.y/", REMOTE_ADDR="").status_code == 404
        assert client.get("/vorschau/x.y/", REMOTE_ADDR="").status_code == 404


def test_link_of_a_speaker_that_goes_while_the_page_is_sent_is_a_dead_one(rf):
    link = make_speaker_link()

    @for_speaker
    def save(request, link):
        SpeakerLink.objects.get().erase("organiser")
        ProposedChange.objects.propose(link, "title", "Neu")

    request = rf.post(f"/vortragen/{link.token}/")
    request.visitor = "203.0.113.9"

    assert save(request, token=link.token).status_code == 404
    assert ProposedChange.objects.count() == 0
