"""The form with which a town offers to report."""

import re

import pytest

from registration.models import Offer, OutgoingMail
from tests.makers import opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FORM = "/mitmachen/"
OFFER = {
    "town": "Stadt Größenau",
    "subject": 'Der Bahnhof & das "Café":\nwie es gelang.',
    "name": "Änne O'Brien",
    "email": "Kim@Straße.example",
}


def send(client, **fields):
    return client.post(FORM, OFFER | {"opened": opened()} | fields)


def errors(response) -> list[tuple[str, str]]:
    html = response.content.decode()
    return re.findall(r'<div class="error" id="id_(\w+)_error"><p>([^<]+)</p>', html)


def test_offer_is_stored_in_canonical_form_and_sends_no_mail_to_the_address(client):
    answer = send(client)

    assert (answer.status_code, answer["Location"]) == (302, "/mitmachen/danke/")
    row = Offer.objects.get()
    assert (row.town, row.name, row.subject) == (OFFER["town"], OFFER["name"], OFFER["subject"])
    assert (row.email_key, row.is_answered) == ("kim@xn--strae-oqa.example", False)
    assert OutgoingMail.objects.count() == 0


@pytest.mark.parametrize("missing", OFFER)
def test_field_that_is_missing_is_named_and_the_rest_kept(client, missing):
    answer = send(client, **{missing: "  "})

    html = answer.content.decode()
    ((field, message),) = errors(answer)
    assert (answer.status_code, field, message[:5]) == (422, missing, "Bitte")
    assert ("Stadt Größenau" in html, "Änne O&#x27;Brien" in html) == (
        missing != "town",
        missing != "name",
    )
    assert Offer.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("town", "ä" * 121), ("name", "4711"), ("email", "kim"), ("subject", "ä" * 2001)],
)
def test_bad_input_gets_a_clear_message(client, field, value):
    answer = send(client, **{field: value})

    assert (answer.status_code, [name for name, _ in errors(answer)]) == (422, [field])


@pytest.mark.parametrize(
    "fields", [{"website": "https://spam.example"}, {"opened": ""}, {"opened": opened(0)}]
)
def test_what_a_program_may_have_sent_is_asked_for_once_more(client, fields):
    answer = send(client, **fields)

    html = answer.content.decode()
    assert (answer.status_code, "Bitte sehen Sie Ihre Angaben durch" in html) == (422, True)
    assert ("Stadt Größenau" in html, "spam.example" in html) == (True, False)
    assert Offer.objects.count() == 0
    assert send(client, opened=re.search(r'name="opened" value="([^"]+)"', html)[1] and opened())
    assert Offer.objects.count() == 1


def test_double_click_is_one_offer(client):
    assert [send(client).status_code for _ in range(2)] == [302, 302]

    assert Offer.objects.count() == 1


def test_network_that_sends_very_many_is_asked_to_wait(client, settings):
    settings.THROTTLE = {"sign_ups_refused": 1}
    assert send(client).status_code == 302

    answer = send(client, subject="Noch etwas")

    assert (answer.status_code, "Noch etwas" in answer.content.decode()) == (429, True)
    assert Offer.objects.count() == 1


def test_pages_that_lead_there(client):
    for path in ("/", "/ueber/", "/archiv/"):
        assert f'href="{FORM}"' in client.get(path).content.decode()


def test_page_prints_the_period(client, settings):
    settings.OFFER_MONTHS = 7

    assert "nach 7 Monaten gelöscht" in client.get(FORM).content.decode()
