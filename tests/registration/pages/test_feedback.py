"""The page on which people say how a talk was, its slide and its short address."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Series
from registration.models import Feedback
from tests.makers import TITLE, give_feedback, make_registration, make_talk
from tests.registration.link_pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HERE = {"origin": "http://testserver"}
ANSWERS = {"worth": "rather", "use": "soon", "could_follow": "nein"}


@pytest.fixture
def talk():
    """Give a talk that has just ended."""
    return make_talk(starts_in=timedelta(hours=-1))


def path_of(talk) -> str:
    return f"/talks/{talk.slug}/rueckmeldung/"


def send(talk, answers=None, headers=HERE, client=None):
    client = client or Client(enforce_csrf_checks=True)
    return client.post(path_of(talk), ANSWERS if answers is None else answers, headers=headers)


def errors(response) -> list[str]:
    html = response.content.decode()
    return re.findall(r'<div class="error" id="id_(\w+)_error"><p>([^<]+)</p>', html)


def test_answers_are_stored_and_nothing_of_who_gave_them(talk):
    client = Client(enforce_csrf_checks=True)
    page = client.get(path_of(talk))

    texts = {"takes_along": 'Ä & "ß"\r\nzweite Zeile', "follow_text": ""}
    answer = send(talk, ANSWERS | texts, client=client)

    assert (page.status_code, "csrfmiddlewaretoken" in page.content.decode()) == (200, False)
    assert (answer.status_code, answer["Location"]) == (302, path_of(talk) + "danke/")
    assert (dict(client.cookies), "no-store" in page["Cache-Control"]) == ({}, True)
    row = Feedback.objects.get()
    assert (row.talk, row.worth, row.use, row.could_follow) == (talk, "rather", "soon", False)
    assert (row.takes_along, row.follow_text) == ('Ä & "ß"\nzweite Zeile', "")


@pytest.mark.parametrize("missing", ANSWERS)
def test_question_without_an_answer_is_asked_again_with_all_kept(talk, missing):
    answers = {name: value for name, value in ANSWERS.items() if name != missing}

    answer = send(talk, answers | {"takes_along": "Bleibt & steht"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert errors(answer) == [(missing, "Bitte wählen Sie eine Antwort.")]
    assert "Bleibt &amp; steht</textarea>" in html
    assert len(re.findall(r"<input[^>]* checked", html)) == 2
    assert f'<a href="#id_{missing}_0">' in html
    assert Feedback.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("worth", "super"),
        ("use", "x' OR 1"),
        ("could_follow", "1"),
        ("takes_along", "ä" * 1001),
    ],
)
def test_what_no_browser_sends_gets_a_message_and_no_fault(talk, name, value):
    answer = send(talk, ANSWERS | {name: value})

    ((field, message),) = errors(answer)
    assert (answer.status_code, field) == (422, name)
    assert message.startswith("Bitte ")


# From which page


FETCHED = [("same-origin", 302), ("same-site", 403), ("cross-site", 403), ("none", 403)]


@pytest.mark.parametrize(("site", "status"), FETCHED)
def test_browser_that_says_from_where_it_comes_is_believed(talk, site, status):
    # It says more than Origin, which some programs take out.
    assert send(talk, headers={"sec-fetch-site": site, "origin": "null"}).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://testserver"}, 302),
        ({"origin": "https://testserver"}, 403),
        ({"origin": "http://testserver:81"}, 403),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({"referer": "http://testserver/talks/x/rueckmeldung/"}, 302),
        ({"referer": "http://evil.example/http://testserver/"}, 403),
        ({"origin": "http://evil.example", "referer": "http://testserver/"}, 403),
        ({}, 403),
    ],
)
def test_older_browser_is_judged_by_origin_and_referer(talk, headers, status):
    assert send(talk, headers=headers).status_code == status
    assert Feedback.objects.count() == (status == 302)


def test_refused_form_keeps_what_was_typed_and_can_be_sent_from_here(talk):
    refused = send(talk, ANSWERS | {"takes_along": "Nicht verloren"}, headers={})

    html = refused.content.decode()
    assert "Gespeichert ist noch nichts" in html
    assert "Nicht verloren</textarea>" in html
    assert len(re.findall(r"<input[^>]* checked", html)) == 3


# When


MOMENTS = [
    (timedelta(minutes=-10, seconds=-1), "ab Mittwoch, 5. November 2025, 8:50 Uhr"),
    (timedelta(minutes=-10), None),
    (timedelta(days=14, seconds=-1), None),
    (timedelta(days=14), "ist geschlossen"),
]


@pytest.mark.parametrize(("after_end", "said"), MOMENTS)
def test_page_is_open_for_a_while_and_says_when(clock, client, talk, after_end, said):
    clock.move_to(talk.ends_at + after_end)

    page, answer = client.get(path_of(talk)), send(talk)

    html = page.content.decode()
    is_open = said is None
    assert (page.status_code, "<form" in html, answer.status_code) == (
        200,
        is_open,
        302 if is_open else 422,
    )
    assert is_open or said in html
    assert Feedback.objects.count() == is_open


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_talk_that_is_called_off_asks_nothing(client, status):
    page = client.get(path_of(make_talk(starts_in=timedelta(hours=-1), status=status)))

    assert (page.status_code, "findet nicht statt" in page.content.decode()) == (200, True)
    assert "<form" not in page.content.decode()


def test_draft_has_no_page_no_slide_and_no_short_address(client):
    draft = make_talk(status="draft", starts_in=timedelta(hours=-1))

    for path in (path_of(draft), path_of(draft) + "folie/", f"/r/{draft.pk}", "/r/4711"):
        assert (path, client.get(path).status_code) == (path, 404)


def test_former_address_and_short_address_lead_to_the_page(client, talk):
    old = path_of(talk)
    talk.slug = "neu"
    talk.save()

    assert client.get(old, follow=True).redirect_chain == [("/talks/neu/rueckmeldung/", 301)]
    # What was typed goes along.
    assert send_to(client, old).redirect_chain == [
        ("/talks/neu/rueckmeldung/", 308),
        ("/talks/neu/rueckmeldung/danke/", 302),
    ]
    for path in (f"/r/{talk.pk}", f"/r/{talk.pk}/"):
        assert client.get(path)["Location"] == "/talks/neu/rueckmeldung/"


def send_to(client, path):
    return client.post(path, ANSWERS, headers=HERE, follow=True)


# How many


def test_network_that_sends_very_many_is_asked_to_wait_and_loses_nothing(talk, settings):
    settings.THROTTLE = {"feedback": 2}
    assert [send(talk).status_code for _ in range(2)] == [302, 302]

    answer = send(talk, ANSWERS | {"takes_along": "Bleibt stehen"})

    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "Bleibt stehen</textarea>" in answer.content.decode()
    assert Feedback.objects.count() == 2


def test_number_of_queries_does_not_grow(talk, django_assert_num_queries):
    Series.objects.create()
    for number in (0, 14):
        give_feedback(talk, number)
        with django_assert_num_queries(3):  # talk, speakers, series
            Client().get(path_of(talk))


# Slide, thanks, and who leads there


def test_slide_shows_code_and_address_and_sets_no_cookie(client, talk):
    response = client.get(path_of(talk) + "folie/")

    html = response.content.decode()
    assert (response.status_code, response.cookies.output()) == (200, "")
    assert re.search(rf"testserver<wbr>/r/{talk.pk}</p>", html)
    assert 'src="data:image/svg+xml' in html
    assert "<script" not in html


def test_slide_of_a_talk_that_does_not_take_place_is_not_there(client):
    talk = make_talk(status="cancelled")

    assert client.get(path_of(talk) + "folie/").status_code == 404


def test_thanks_say_what_becomes_of_it_and_ask_the_town_to_report(client, talk):
    html = client.get(path_of(talk) + "danke/").content.decode()

    assert "erst, wenn fünf beisammen sind" in html
    assert f'href="{reverse("registration:offer")}"' in html


@pytest.mark.parametrize(
    ("after_end", "leads"),
    [
        (timedelta(seconds=-1), False),
        (timedelta(0), True),
        (timedelta(days=13, hours=14, minutes=59), True),  # the evening before, 23:59
        (timedelta(days=13, hours=15), False),  # midnight: what is kept then stays for a day
    ],
)
def test_talk_leads_there_until_the_last_midnight(clock, client, talk, after_end, leads):
    clock.move_to(talk.ends_at + after_end)

    html = client.get(talk.get_absolute_url()).content.decode()

    assert (f'href="{path_of(talk)}"' in html) == leads


def test_whoever_goes_in_or_comes_back_is_led_there(clock, client):
    talk = make_talk(starts_in=timedelta(minutes=5), meeting_url="https://meet.example/ä")
    key = make_registration(talk).key
    page = page_of("join", key)

    inside = client.post(page).content.decode()
    assert f'<a href="/r/{talk.pk}">testserver/r/{talk.pk}</a>' in inside
    assert "Ab 9:55 Uhr" in inside
    for moment, leads in ((talk.ends_at, True), (talk.feedback_closes_at, False)):
        clock.move_to(moment)
        for found in (page, page_of("mine", key)):
            assert (f'href="{path_of(talk)}"' in client.get(found).content.decode()) == leads


def test_title_is_escaped_everywhere(client, talk):
    for path in ("", "danke/", "folie/"):
        assert TITLE not in client.get(path_of(talk) + path).content.decode()
