"""Whether the people of a talk shall be told of its change: who is asked, and when."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from events.models import Talk
from registration.models import OutgoingMail, Registration
from tests.html_form import form_data
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def change_page(talk):
    return reverse("admin:events_talk_change", args=[talk.pk])


def ask_page(talk):
    return reverse("admin:tell_of_change", args=[talk.pk])


def save(client, talk, **changed):
    """Press the button of the talk's form with these values changed; return the answer."""
    data = form_data(client.get(change_page(talk)).content.decode(), "talk_form")
    return client.post(change_page(talk), data | changed | {"_save": "Sichern"})


CHANGES = {
    "moved": {"starts_at_0": "10.12.2025", "ends_at_0": "10.12.2025"},
    "cancelled": {"status": "cancelled"},
    "postponed": {"status": "postponed"},
    "renamed": {"title": "Anders"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_organiser_is_asked_whether_to_tell_of_a_change(admin_client, change):
    talk = make_talk(capacity=1)
    make_registration(talk)
    make_registration(talk, email="lea@stadt.example")

    response = save(admin_client, talk, **CHANGES[change])

    assert response["Location"] == ask_page(talk)
    page = admin_client.get(ask_page(talk)).content.decode()
    assert "1 mit Platz" in page
    assert "1 auf der Warteliste" in page
    assert OutgoingMail.objects.filter(kind="talk_changed").count() == 0


@pytest.mark.parametrize("change", [{"capacity": "7"}, {"recap": "Schön war es."}])
def test_other_changes_ask_nothing(admin_client, change):
    talk = make_talk()
    make_registration(talk)

    assert save(admin_client, talk, **change)["Location"] != ask_page(talk)


def test_form_that_is_not_saved_asks_nothing(admin_client, clock):
    talk = make_talk()
    make_registration(talk)
    opened = form_data(admin_client.get(change_page(talk)).content.decode(), "talk_form")
    clock.shift(60)
    save(admin_client, talk, title="Neu & anders")

    response = admin_client.post(change_page(talk), opened | {"title": "Zu spät"})

    assert "Jemand anderes hat diesen Talk" in response.content.decode()
    assert Talk.objects.get().title == "Neu & anders"


def test_change_of_a_talk_without_people_asks_nothing(admin_client):
    talk = make_talk()
    make_registration(talk).cancel()

    assert save(admin_client, talk, status="cancelled")["Location"] != ask_page(talk)


def test_correcting_a_talk_that_is_over_asks_nothing(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=3))
    make_registration(talk)
    clock.shift(timedelta(hours=5))

    assert save(admin_client, talk, title="Anders")["Location"] != ask_page(talk)


def test_yes_tells_everybody_once(admin_client):
    talk = make_talk(capacity=1)
    make_registration(talk)
    make_registration(talk, email="lea@stadt.example")
    save(admin_client, talk, **CHANGES["moved"])

    responses = [admin_client.post(ask_page(talk)) for _ in range(2)]

    assert [response["Location"] for response in responses] == [change_page(talk)] * 2
    mails = OutgoingMail.objects.filter(kind="talk_changed").order_by("pk")
    assert [mail.recipient for mail in mails] == ["kim@stadt.example", "lea@stadt.example"]
    logged = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(logged)[-2:] == [
        "Angemeldete benachrichtigt: 2 Mails.",
        "Angemeldete benachrichtigt: 0 Mails.",
    ]
    assert "schon benachrichtigt: 2." in admin_client.get(ask_page(talk)).content.decode()


def test_who_may_not_change_the_talk_may_not_tell(client, django_user_model):
    talk = make_talk()
    make_registration(talk)
    client.force_login(django_user_model.objects.create_user("gast", is_staff=True))

    assert [client.get(ask_page(talk)).status_code, client.post(ask_page(talk)).status_code] == [
        403,
        403,
    ]
    assert not OutgoingMail.objects.filter(kind="talk_changed").exists()


def postponed_with_people() -> Talk:
    """Return a talk without its date, with one seat that nobody has, and one person waiting."""
    talk = make_talk(capacity=1)
    row = make_registration(talk)
    make_registration(talk, email="lea@stadt.example")
    talk.refresh_from_db()
    talk.status = Talk.Status.POSTPONED
    talk.save()
    row.cancel()
    return talk


def test_new_date_of_a_postponed_talk_publishes_it_and_offers_the_mail_about_it(admin_client):
    talk = postponed_with_people()
    Registration.objects.tell_of_change(talk)

    response = save(admin_client, talk, **CHANGES["moved"])

    assert response["Location"] == ask_page(talk)
    talk.refresh_from_db()
    assert (talk.status, talk.short_date_text) == ("published", "10.\u00a0Dezember 2025")
    page = admin_client.get(ask_page(talk))
    assert "Der Talk hat einen neuen Termin. Sein Stand ist jetzt „Veröffentlicht“." in (
        page.content.decode()
    )
    assert page.context["example"].name == "talk_changed"
    # The queue moves up, as in every talk that takes place.
    assert (talk.seats_taken, talk.waiting_count) == (1, 0)
    assert Registration.objects.confirmed().get().email == "lea@stadt.example"
    admin_client.post(ask_page(talk))
    assert OutgoingMail.objects.filter(kind="talk_changed").count() == 2


def test_talk_that_is_postponed_with_a_new_date_stays_postponed(admin_client):
    talk = make_talk()
    make_registration(talk)

    save(admin_client, talk, **CHANGES["moved"] | CHANGES["postponed"])

    talk.refresh_from_db()
    assert talk.status == "postponed"
    page = admin_client.get(ask_page(talk))
    assert page.context["example"].name == "talk_postponed"
    assert "Der Talk hat einen neuen Termin" not in page.content.decode()
