"""Visitors' forms that come without their cookie, at every public address that takes a POST."""

import re

import pytest
from django.test import Client

from registration.fields import SEND_AGAIN_TEXT
from registration.models import Interest, Registration, Tally, links
from tests.makers import make_registration, make_talk, opened
from tests.registration.rows import all_rows
from tests.server import thanks
from tests.webtalks.addresses import addresses

pytestmark = pytest.mark.django_db

TYPED = {
    "name": 'Änne & "Kim"',
    "email": "änne@stadt.example",
    "organisation": 'Markt "Ö" & Söhne',
}
FORMS = {"anmeldung/", "anmeldung/links/", "talks/<slug:slug>/teilnehmen/", "terminhinweise/"}
FORMS |= {"mitmachen/"}
FOREIGN = {"HTTP_ORIGIN": "https://evil.example"}


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def taking_posts(settings, tmp_path):
    """Return the public addresses that take a POST and need a cookie, by route."""
    settings.MEDIA_ROOT = tmp_path
    public = [address for address in addresses() if not address.in_admin]
    public = [address for address in public if address.kind != "form without cookie"]
    ask = Client()  # its POSTs need no token; OPTIONS changes nothing
    allowed = {each.path: ask.options(each.path).headers.get("Allow", "") for each in public}
    return {each.route: each.path for each in public if "POST" in allowed[each.path]}


def fields_of(page) -> dict[str, str]:
    """Return what pressing the page's button sends."""
    form = re.search(r'<form method="post".*?</form>', page, re.DOTALL)[0]
    inputs = re.findall(r"<input[^>]*>", form)
    found = {}
    for tag in inputs:
        name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and ('type="checkbox"' not in tag or " checked" in tag) and "submit" not in tag:
            found[name[1]] = value[1] if value else ""
    return found


def test_form_without_its_cookie_comes_back_whole_and_does_nothing(visitor, taking_posts):
    before = all_rows(Tally)

    for route, path in taking_posts.items():
        visitor.cookies.clear()
        answer = visitor.post(path, TYPED)
        page = answer.content.decode()

        assert (route, answer.status_code) == (route, 422)
        assert (route, SEND_AGAIN_TEXT in page) == (route, True)
        assert "csrftoken" in answer.cookies
        assert "no-store" in answer["Cache-Control"]
        if route in FORMS:
            assert "&quot;Kim&quot;" in page or 'name="name"' not in page
            assert 'value="änne@stadt.example"' in page
        foreign = visitor.post(path, TYPED, **FOREIGN)
        assert (route, foreign.status_code) == (route, 403)

    assert len(taking_posts) == 39
    assert all_rows(Tally) == before


def test_tampered_or_foreign_token_is_treated_alike(visitor):
    make_talk()
    visitor.get("/anmeldung/")

    for token in ("", "x", "a" * 64):
        answer = visitor.post("/anmeldung/", TYPED | {"csrfmiddlewaretoken": token})
        assert (answer.status_code, SEND_AGAIN_TEXT in answer.content.decode()) == (422, True)
    visitor.cookies["csrftoken"] = "Unfug"
    assert visitor.post("/anmeldung/", TYPED).status_code == 422


def test_second_press_signs_up_with_what_was_typed(visitor):
    talk = make_talk()
    typed = {"name": "Änne Beispiel", "email": "kim@stadt.example", "opened": opened()}

    shown = visitor.post("/anmeldung/", typed | {"talks": talk.slug}).content.decode()
    assert Registration.objects.count() == 0
    answer = visitor.post("/anmeldung/", fields_of(shown))

    assert (answer.status_code, answer.url) == (302, thanks(talk.slug))
    assert [row.name for row in Registration.objects.all()] == ["Änne Beispiel"]


@pytest.mark.parametrize("button", ["erase", "not_me"])
def test_second_press_of_a_button_does_what_it_says(visitor, button):
    row = make_registration()
    purpose = {"erase": links.PURPOSE_MINE, "not_me": links.PURPOSE_NOT_ME}[button]
    path = links.url(f"registration:{button}", row.key, purpose).removeprefix("http://testserver")

    shown = visitor.post(path, {"geheim": 'ä & "'}).content.decode()
    row.refresh_from_db()
    assert row.email == "kim@stadt.example"
    fields = fields_of(shown)
    answer = visitor.post(path, fields)

    assert {*fields} == {"geheim", "csrfmiddlewaretoken"}
    assert (answer.status_code, answer.url) == (302, "/anmeldung/geloescht/")
    row.refresh_from_db()
    assert row.email is None


def test_organisers_form_without_its_cookie_stays_refused(visitor):
    assert visitor.post("/admin/login/", {"username": "kim"}).status_code == 403


ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.mark.parametrize("sent", [{}, {"List-Unsubscribe": "x"}, {"a": "b"}, {"one-click": "1"}])
def test_mail_programs_address_takes_one_click_alone(visitor, sent):
    interest = Interest.objects.ask("kim@stadt.example")
    interest.confirm()
    row = make_registration()
    end = links.token(interest.key, links.PURPOSE_INTEREST)
    remind = links.token(row.key, links.PURPOSE_REMINDERS)
    recap = links.token(row.key, links.PURPOSE_RECAP)
    paths = [
        f"/terminhinweise/{end}/abbestellen/",
        f"/erinnerungen/{remind}/",
        f"/unterlagen/{recap}/",
    ]

    def state():
        row = Registration.objects.get()
        return Interest.objects.get().is_active, not row.reminders_off, not row.recap_off

    for path in paths:
        assert visitor.post(path, sent).status_code == 422
    assert state() == (True, True, True)
    for path in paths:
        assert visitor.post(path, ONE_CLICK, secure=True).status_code == 200
    assert state() == (False, False, False)
