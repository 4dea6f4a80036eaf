"""The portrait of who speaks, on the talk's page and on its way out."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission, User

from events.models import Speaker
from events.pages import structured_data
from tests.events.public_pages import get, text_of
from tests.events.upload_files import CREDIT, fetch, jpeg, upload
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CSP = "default-src 'none'; sandbox"


def make_portrait(**fields) -> Speaker:
    """Return the second speaker of a talk; the first one has no portrait."""
    return Speaker.objects.create(
        talk=make_talk(**fields),
        position=1,
        name='Änne "Öz" & Groß',
        portrait=upload(jpeg((600, 800))),
        portrait_credit=CREDIT,
    )


def paths_in(html: str) -> list[str]:
    found = re.findall(r'(?:src|srcset)="(/bilder/[^"]+)"', html)
    return [unescape(path) for path in found]


def test_portrait_stands_in_place_of_the_initials_with_its_credit(client):
    speaker = make_portrait()
    folder = f"/{speaker.portrait.name.rpartition('/')[0]}"

    html = get(client, speaker.talk.get_absolute_url())

    people = html[html.index('<ul class="speakers">') :].partition("</ul>")[0]
    assert re.findall(r"<i .*?</i>|<picture>.*?</picture>", people) == [
        '<i aria-hidden="true">SM</i>',
        f'<picture><source type="image/avif" srcset="{folder}/480.avif">'
        f'<img src="{folder}/480.jpg" width="600" height="800" alt=""></picture>',
    ]
    assert f'Änne "Öz" & Groß Porträt: {CREDIT}' in text_of(html)
    assert text_of(html).count("Porträt:") == 1


def test_lists_have_no_room_for_a_credit_and_show_no_portrait(client):
    talk = make_portrait().talk
    make_portrait(starts_in=-timedelta(days=3))

    for path in ("/", "/archiv/", "/landkarte/", "/einbetten/", f"/talks/{talk.slug}/aushang/"):
        assert (path, paths_in(get(client, path))) == (path, [])


def test_portrait_is_served_like_a_picture_in_one_query_more(client, django_assert_num_queries):
    speaker = make_portrait(image=upload(jpeg((600, 400))), image_credit=CREDIT)
    with django_assert_num_queries(1):
        picture = fetch(client, speaker.talk.picture.src)
    with django_assert_num_queries(2):
        portrait = fetch(client, speaker.picture.smallest)

    assert (picture.status_code, portrait.status_code) == (200, 200)
    same = ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control")
    assert [portrait[name] for name in same] == [picture[name] for name in same]
    assert portrait["Content-Security-Policy"] == CSP


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"publish_at": "2030-01-01T00:00Z"}])
def test_portrait_of_a_talk_nobody_may_see_is_for_organisers_alone(client, fields):
    speaker = make_portrait(**fields)
    for_public = fetch(client, speaker.picture.smallest)
    user = User.objects.create_user("orga", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_talk"))
    client.force_login(user)
    for_organisers = fetch(client, speaker.picture.smallest)

    assert (for_public.status_code, for_organisers.status_code) == (404, 200)
    assert for_organisers["Cache-Control"] == "private, no-store"


def test_preview_shows_the_portrait_to_who_holds_its_link(client):
    speaker = make_portrait(status="draft")

    paths = paths_in(client.get(speaker.talk.preview_url).content.decode())

    assert len(paths) == 2
    assert [fetch(client, path).status_code for path in paths] == [200, 200]
    assert [client.get(path.partition("?")[0]).status_code for path in paths] == [404, 404]
    other = make_talk(status="draft")
    wrong = other.preview_url.split("/")[2]
    assert client.get(f"{speaker.picture.smallest}?vorschau={wrong}").status_code == 404


def test_search_engines_get_the_address_of_the_portrait():
    speaker = make_portrait()

    assert structured_data.person(speaker, "https://talks.example") == {
        "@type": "Person",
        "name": 'Änne "Öz" & Groß',
        "image": f"https://talks.example{speaker.picture.src}",
    }
