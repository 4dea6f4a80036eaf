"""New dates by mail: the form, the click in the mail, and the page on which topics are chosen."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Topic
from registration.mail.deliver import deliver_due
from registration.models import Interest, OutgoingMail, links
from registration.models.interest import CONSENT_TEXT, announce_due
from registration.privacy.retention import carry_out
from tests.makers import make_interest, make_talk, opened
from tests.registration.link_pages import page_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("clock", "_announced_at_once"),
]

KIM = "kim@stadt.example"


def kinds():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def climate():
    return Topic.objects.create(name="Klima")


def test_interest_counts_only_after_the_click(client, climate):
    response = client.post(
        "/terminhinweise/", {"email": KIM, "topics": ["klima"], "consent": "on"}
    )

    assert response["Location"] == "/terminhinweise/danke/"
    interest = Interest.objects.get()
    assert (interest.state, list(interest.topics.all())) == ("pending", [climate])
    assert (interest.consent_text, interest.consent_version) == (CONSENT_TEXT, "2026-12")
    assert kinds() == ["interest_confirm"]
    client.get(page_of("interest_confirm", interest.key))
    interest.refresh_from_db()
    assert interest.state == "pending"

    response = client.post(page_of("interest_confirm", interest.key))

    assert response["Location"] == page_of("interest_mine", interest.key)
    interest.refresh_from_db()
    assert interest.is_active
    assert interest.confirmed_at is not None


def test_consent_is_never_ticked_beforehand_and_must_be_given(client):
    make_talk()
    for path in ("/terminhinweise/", "/anmeldung/"):
        html = client.get(path).content.decode()
        boxes = re.findall(r'<input type="checkbox" name="(?:consent|interest)"[^>]*>', html)
        assert [" checked" in box for box in boxes] == [False]

    response = client.post("/terminhinweise/", {"email": KIM})

    assert response.status_code == 422
    page = response.content.decode()
    summary = page.partition("error-summary")[2].partition("</div>")[0]
    says = ">Bitte bestätigen Sie, dass wir Ihnen schreiben dürfen.</a>"
    assert (says in summary, CONSENT_TEXT in summary, CONSENT_TEXT in page) == (True, False, True)
    assert "Bitte kreuzen Sie das an" in client.get("/terminhinweise/").content.decode()
    assert Interest.objects.count() == 0


def test_form_offers_the_topics_by_name(client, climate):
    page = client.get("/terminhinweise/").content.decode()

    label = re.search(r'<label class="choice" for="id_topics_0">(.*?)</label>', page, re.DOTALL)
    assert re.sub(r"<[^>]+>", "", label[1]).strip() == "Klima"


@pytest.mark.parametrize("ticked", [True, False])
def test_box_in_the_sign_up_form_asks_for_the_click(client, ticked):
    talk = make_talk()
    data = {"talks": [talk.slug], "name": "Kim Beispiel", "email": KIM, "opened": opened()}

    client.post("/anmeldung/", data | ({"interest": "on"} if ticked else {}))

    assert Interest.objects.count() == ticked
    assert kinds() == ["signed_up", *["interest_confirm"] * ticked]


def test_every_address_gets_the_same_answer(client):
    make_interest("aktiv@stadt.example")
    Interest.objects.ask("offen@stadt.example")
    make_interest("weg@stadt.example").withdraw()

    answers = set()
    for name in ("aktiv", "offen", "weg", "neu"):
        data = {"email": f"{name}@stadt.example", "consent": "on"}
        response = client.post("/terminhinweise/", data)
        answers.add((response.status_code, response["Location"], response.content))

    assert answers == {(302, "/terminhinweise/danke/", b"")}


def test_click_that_comes_too_late_gives_nothing(client, clock):
    interest = Interest.objects.ask(KIM)
    clock.shift(timedelta(hours=72))

    response = client.post(page_of("interest_confirm", interest.key))

    assert "zu spät" in response.content.decode()
    interest.refresh_from_db()
    assert interest.state == "pending"
    carry_out()
    assert Interest.objects.count() == 0


def test_news_offers_to_leave_with_one_click(client, smtp_server):
    client.handler.enforce_csrf_checks = True
    interest = make_interest()
    make_talk()
    announce_due()
    deliver_due()
    content = smtp_server.messages[0].content.decode().replace("\r\n ", " ")
    end = page_of("interest_end", interest.key)
    assert f"List-Unsubscribe: <http://testserver{end}>" in content

    client.get(end)
    interest.refresh_from_db()
    assert interest.is_active
    response = client.post(end, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    interest.refresh_from_db()
    assert (interest.state, interest.email) == ("ended", KIM)


def test_topics_can_be_changed(client, climate):
    interest = make_interest()

    response = client.post(page_of("interest_mine", interest.key), {"topics": ["klima"]})

    assert "Ihre Auswahl ist gespeichert." in response.content.decode()
    assert list(interest.topics.all()) == [climate]
    bad = client.post(page_of("interest_mine", interest.key), {"topics": ["gibt-es-nicht"]})
    assert bad.status_code == 422
    assert list(interest.topics.all()) == [climate]


def test_dead_links_get_the_neutral_page(client):
    interest = make_interest()
    wrong = links.token(interest.key, links.PURPOSE_MINE)
    for view in ("interest_mine", "interest_end", "interest_confirm"):
        for token in (wrong, "x.y", "\u00fc"):
            assert client.get(reverse(f"registration:{view}", args=[token])).status_code == 404


def test_old_link_takes_who_came_back_off_the_list(client, clock):
    first = make_interest()
    first.withdraw()
    clock.shift(3600)
    second = make_interest()

    response = client.post(page_of("interest_end", first.key))

    assert response.status_code == 200
    second.refresh_from_db()
    assert not second.is_active
