"""Drafts, shown to whoever holds the link."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import signing
from django.utils import timezone

from events.models import Material
from tests.events.upload_files import PDF, jpeg, upload
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def draft():
    talk = make_talk(
        status="draft", image=upload(jpeg((700, 400))), image_credit="© Kim", image_alt="Rathaus"
    )
    Material.objects.create(talk=talk, title="Folien", file=upload(PDF, "a.pdf"))
    return talk


def get_file(client, address):
    response = client.get(address)
    response.getvalue()
    return response


def test_holder_of_the_link_sees_the_draft_with_picture_and_slides(client, draft):
    response = client.get(draft.preview_url)
    html = response.content.decode()

    assert response.status_code == 200
    assert TITLE in unescape(html)
    assert "Diese Seite ist noch nicht veröffentlicht." in html
    assert "Geplant war" not in html
    files = set(re.findall(r'(?:src|href)="(/(?:bilder|material)/[^"]+)"', html))
    files |= {
        url.split()[0] for s in re.findall(r'srcset="([^"]+)"', html) for url in s.split(",")
    }
    assert len(files) >= 4
    for address in files:
        assert (address, get_file(client, unescape(address)).status_code) == (address, 200)
        bare = address.partition("?")[0]
        assert (bare, client.get(bare).status_code) == (bare, 404)


def test_preview_is_not_kept_and_not_indexed(client, draft):
    response = client.get(draft.preview_url)

    assert (response["X-Robots-Tag"], response.cookies) == ("noindex, nofollow", {})
    assert "no-store" in response["Cache-Control"]
    html = response.content.decode()
    assert '<meta name="robots" content="noindex, nofollow">' in html
    assert 'rel="canonical"' not in html
    picture = re.search(r'<img src="([^"]+)"', html).group(1)
    assert get_file(client, unescape(picture))["Cache-Control"] == "private, no-store"


def test_preview_of_a_published_talk_leads_to_its_page(client, draft):
    address = draft.preview_url
    draft.status = "published"
    draft.save()

    response = client.get(address)

    assert (response.status_code, response.url) == (302, draft.get_absolute_url())


def test_talk_to_be_published_later_has_a_preview(client):
    talk = make_talk(publish_at=timezone.now() + timedelta(days=1))

    assert client.get(talk.preview_url).status_code == 200
    assert client.get(talk.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("change", ["forged", "cut", "old", "deleted", "of another purpose"])
def test_dead_link_says_what_to_do(client, clock, change):
    talk = make_talk(status="draft")
    address = talk.preview_url
    if change == "forged":
        address = address.replace("/vorschau/", "/vorschau/x")
    elif change == "cut":
        address = "/vorschau/x/"
    elif change == "old":
        clock.shift(timedelta(days=30, seconds=1))
    elif change == "deleted":
        talk.delete()
    else:
        address = f"/vorschau/{signing.TimestampSigner(salt='other').sign(talk.uid.hex)}/"

    response = client.get(address)

    assert response.status_code == 404
    assert "Ein Vorschau-Link gilt 30\u00a0Tage." in response.content.decode()


def test_link_lives_to_its_last_day(client, clock):
    address = make_talk(status="draft").preview_url
    clock.shift(timedelta(days=30))

    assert client.get(address).status_code == 200


def test_link_of_one_draft_opens_no_file_of_another(client, draft):
    other = make_talk(status="draft", image=upload(jpeg()), image_credit="© Kim")
    other.preview_token = draft.preview_url.split("/")[2]

    assert client.get(other.picture.src).status_code == 404


def test_organiser_copies_the_link_from_the_form(admin_client, draft):
    html = admin_client.get(f"/admin/events/talk/{draft.pk}/change/").content.decode()

    shown = re.search(r">(http://testserver/vorschau/[^<]+)<", html).group(1)
    assert admin_client.get(shown.removeprefix("http://testserver")).status_code == 200


def test_preview_asks_few_queries(client, draft, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(draft.preview_url)
