"""Another address: asking for it on Meine Anmeldung, and the button at the new address."""

from datetime import timedelta

import pytest

from registration.mail.deliver import deliver_due
from registration.models import Registration, links
from tests.mailbox import Mailbox
from tests.makers import make_registration, make_talk
from tests.registration.link_pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NEW = "kim.neu@stadt.example"


def form_of(row):
    return page_of("mine", row.key) + "adresse/"


def test_whole_way_from_the_page_to_the_new_address(client, smtp_server):
    row = make_registration()
    mine = client.get(page_of("mine", row.key)).content.decode()
    assert form_of(row) in mine

    asked = client.post(form_of(row), {"email": " Kim.Neu@Stadt.example "}, follow=True)
    assert "Bitte schauen Sie in das neue Postfach." in asked.content.decode()
    deliver_due()
    new = Mailbox(smtp_server, "Kim.Neu@stadt.example")
    page = new.link("/anmeldung/neue-adresse/")
    shown = client.get(page).content.decode()
    assert "Kim.Neu@stadt.example" in shown
    assert "Kim Beispiel" not in shown
    done = client.post(page, follow=True).content.decode()

    assert "Ihre neue Adresse gilt." in done
    row.refresh_from_db()
    assert (row.email, row.state) == ("Kim.Neu@stadt.example", "confirmed")
    deliver_due()
    assert "Kim Beispiel" in client.get(new.link("/meine-anmeldung/")).content.decode()
    assert client.get(page).status_code == 404


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("", "Bitte geben Sie"),
        ("kim@", "Bitte"),
        ("kim@stadt.example", "Das ist Ihre bisherige Adresse."),
        ("KIM@Stadt.example", "Das ist Ihre bisherige Adresse."),
    ],
)
def test_bad_address_gets_a_message_at_its_place(client, email, message):
    response = client.post(form_of(make_registration()), {"email": email})

    assert response.status_code == 422
    assert message in str(response.context["form"].errors["email"])
    assert f'value="{email}"' in response.content.decode() or not email


def test_form_is_not_offered_to_who_has_nothing_ahead(client, clock):
    row = make_registration(make_talk(starts_in=timedelta(hours=1)))
    clock.move_to(row.talk.ends_at)

    page = client.get(page_of("mine", row.key)).content.decode()
    response = client.get(form_of(row), follow=True)

    assert form_of(row) not in page
    assert "Das ist für diesen Talk nicht mehr möglich." in response.content.decode()


def test_wish_is_dead_after_three_days(client, clock):
    row = make_registration()
    page = page_of("new_address", row.key, email=NEW)
    clock.shift(timedelta(hours=72) - timedelta(seconds=1))
    assert client.get(page).status_code == 200
    clock.shift(1)

    assert [client.get(page).status_code, client.post(page).status_code] == [404, 404]
    assert Registration.objects.get().email == "kim@stadt.example"


def test_changed_wish_is_dead(client):
    row = make_registration()
    mine, other = (
        links.new_address_token(links.NewAddress(row.key, email), row.talk.starts_at)
        for email in (NEW, "anders@stadt.example")
    )
    forged = f"{mine.partition('.')[0]}.{other.partition('.')[2]}"

    assert client.post(f"/anmeldung/neue-adresse/{forged}/").status_code == 404


def test_network_that_sends_too_much_keeps_its_input(client, settings):
    settings.THROTTLE = {"sign_ups_refused": 0}
    row = make_registration()

    response = client.post(form_of(row), {"email": NEW})

    assert response.status_code == 429
    assert NEW in response.content.decode()
