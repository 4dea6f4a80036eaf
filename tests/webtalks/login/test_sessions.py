"""How long an organiser stays logged in."""

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from events.models import Topic
from tests.events.upload_files import jpeg, upload
from tests.makers import make_talk
from tests.webtalks.login.test_second_factor import code_of, set_up

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PASSWORD = "richtig und lang genug"
# It has no menu and no list of talks to render.
SMALL = "/admin/autocomplete/?app_label=events&model_name=talk&field_name=municipality"
LIST = "/admin/events/talk/?q=a&p=0"
ADD = "/admin/events/topic/add/"
LOGIN = "/admin/login/?next=%2Fadmin%2Fevents%2Ftalk%2F%3Fq%3Da%26p%3D0"


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def organiser(client):
    """Return somebody who has logged in by the form."""
    user = User.objects.create_superuser("änne", password=PASSWORD)
    log_in(client)
    return user


def log_in(client, path="/admin/login/"):
    response = client.post(path, {"username": "änne", "password": PASSWORD, "next": "/admin/"})
    assert response.status_code == 302
    return response


def status(client, path="/admin/") -> int:
    return client.get(path).status_code


def test_session_ends_after_thirty_idle_minutes(client, organiser, clock):
    clock.shift(timedelta(minutes=30))
    assert status(client) == 200
    clock.shift(timedelta(minutes=30))
    assert status(client) == 200

    clock.shift(timedelta(minutes=30, seconds=1))
    response = client.get(LIST)
    assert (response.status_code, response.url) == (302, LOGIN + "&ende=pause")
    assert Session.objects.count() == 0


def test_log_in_page_says_why_and_leads_back(client, organiser, clock):
    clock.shift(timedelta(minutes=31))
    page = client.get(LIST, follow=True).content.decode()

    assert "Sie waren eine Weile nicht da und wurden deshalb abgemeldet." in page
    assert 'name="next" value="/admin/events/talk/?q=a&amp;p=0"' in page
    assert "eine Weile nicht da" not in client.get("/admin/login/").content.decode()


def test_session_ends_twelve_hours_after_the_log_in_however_busy_one_is(client, organiser, clock):
    for _ in range(35):
        clock.shift(timedelta(minutes=20))
        assert status(client, SMALL) == 200
    clock.shift(timedelta(minutes=20, seconds=-1))
    assert status(client) == 200

    clock.shift(1)

    assert status(client) == 302


def test_cookie_ends_with_the_session(client, organiser, clock):
    assert client.cookies["sessionid"]["max-age"] == 12 * 3600
    clock.shift(timedelta(minutes=20))
    client.get("/admin/")
    assert client.cookies["sessionid"]["max-age"] == 12 * 3600 - 20 * 60


def test_idle_organiser_counts_as_a_visitor_elsewhere(client, organiser, clock):
    draft = make_talk(status="draft", image=upload(jpeg()), image_credit="© Kim")
    response = client.get(draft.picture.src)
    assert (response.status_code, len(response.getvalue()) > 0) == (200, True)

    clock.shift(timedelta(minutes=31))
    assert client.get(draft.picture.src).status_code == 404


def test_reading_pages_do_not_look_at_the_session(client, organiser, django_assert_num_queries):
    client.get("/impressum/")
    known = client.get("/impressum/")

    assert "Cookie" not in known.headers.get("Vary", "")
    assert "sessionid" not in known.cookies


# A form that is sent too late


def late_form(client, clock, **fields):
    clock.shift(timedelta(minutes=31))
    return client.post(ADD, {"name": 'Wärme & "Licht"', "slug": "waerme"} | fields)


def test_form_that_is_sent_after_a_pause_goes_on_after_the_password(client, organiser, clock):
    page = late_form(client, clock)
    html = unescape(page.content.decode())

    assert page.status_code == 200
    assert "noch nicht gesichert, aber auch nicht verloren" in html
    assert 'name="name" value="Wärme & "Licht""' in html
    assert page["Cache-Control"] == "no-store"
    assert Topic.objects.count() == 0

    carried = {"name": 'Wärme & "Licht"', "slug": "waerme", "nachweis-fuer": "POST"}
    wrong = client.post(ADD, carried | {"nachweis-password": "falsch"})
    assert "Das Passwort stimmt nicht." in wrong.content.decode()
    assert Topic.objects.count() == 0
    assert client.post(ADD, carried | {"nachweis-password": PASSWORD}).status_code == 302
    assert Topic.objects.get().name == 'Wärme & "Licht"'
    assert status(client) == 200


def test_form_without_the_password_saves_nothing(client, organiser, clock):
    late_form(client, clock)

    for fields in ({}, {"nachweis-fuer": "POST"}, {"nachweis-password": PASSWORD}):
        client.post(ADD, {"name": "x", "slug": "x"} | fields)
    assert Topic.objects.count() == 0
    assert client.get(ADD).url.endswith("&ende=pause")


def test_second_factor_is_asked_for_too(client, organiser, clock):
    set_up(client, organiser)
    page = late_form(client, clock)
    assert 'name="nachweis-code"' in page.content.decode()

    answer = {"name": "x", "slug": "x", "nachweis-fuer": "POST", "nachweis-password": PASSWORD}
    client.post(ADD, answer)
    client.post(ADD, answer | {"nachweis-code": "000000"})
    assert Topic.objects.count() == 0
    clock.shift(60)
    assert client.post(ADD, answer | {"nachweis-code": code_of(organiser)}).status_code == 302
    assert Topic.objects.count() == 1


def test_passwords_that_were_typed_are_not_sent_back(client, organiser, clock):
    page = late_form(client, clock, password1="geheim-4711", nachweis="geheim-4711")

    assert "geheim-4711" not in page.content.decode()


def test_file_that_was_sent_too_late_is_spoken_of(client, organiser, clock):
    page = late_form(client, clock, image=upload(jpeg()))

    assert "laden Sie sie danach noch einmal hoch" in page.content.decode()


def test_script_of_an_idle_page_does_not_end_what_can_still_be_sent(client, organiser, clock):
    clock.shift(timedelta(minutes=31))
    for headers in ({"Sec-Fetch-Mode": "cors"}, {"X-Requested-With": "XMLHttpRequest"}):
        assert client.get("/admin/", headers=headers).status_code == 403

    assert "nachweis-password" in client.post(ADD, {"name": "x"}).content.decode()
