"""Whether the people of a talk shall be told of its change: who is asked, and when."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from events.models import Talk
from registration.models import OutgoingMail, Registration
from tests.admin_form import fill_in, send
from tests.makers import let_know, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def change_page(talk):
    return reverse("admin:events_talk_change", args=[talk.pk])


def ask_page(talk):
    return reverse("admin:tell_of_change", args=[talk.pk])


def save(client, talk, **changed):
    """Press the button of the talk's form with these values changed; return the answer."""
    return send(client, change_page(talk), changed | {"_save": "Sichern"})


CHANGES = {
    "moved": {"starts_at_0": "10.12.2025"},
    "cancelled": {"status": "cancelled"},
    "postponed": {"status": "postponed"},
    "renamed": {"title": "Anders"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_organiser_is_asked_whether_to_tell_of_a_change(admin_client, change):
    talk = make_talk(capacity=1)
    make_registration(talk)
    make_registration(talk, email="lea@stadt.example")
    let_know(talk)

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
    let_know(talk)

    assert save(admin_client, talk, **change)["Location"] != ask_page(talk)


def test_form_that_is_not_saved_asks_nothing(admin_client, clock):
    talk = make_talk()
    make_registration(talk)
    let_know(talk)
    opened = fill_in(admin_client, change_page(talk), {})
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
    let_know(talk)
    clock.shift(timedelta(hours=5))

    assert save(admin_client, talk, title="Anders")["Location"] != ask_page(talk)


def test_yes_tells_everybody_once(admin_client):
    talk = make_talk(capacity=1)
    make_registration(talk)
    make_registration(talk, email="lea@stadt.example")
    let_know(talk)
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
    assert "Alle, die angemeldet sind, wissen Bescheid" in (
        admin_client.get(ask_page(talk)).content.decode()
    )


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
    """Return a talk without its date, with one seat that nobody has, and two people waiting."""
    talk = make_talk(capacity=1)
    row = make_registration(talk)
    make_registration(talk, email="lea@stadt.example")
    make_registration(talk, email="mia@stadt.example")
    let_know(talk)
    talk.refresh_from_db()
    talk.status = Talk.Status.POSTPONED
    talk.save()
    row.cancel()
    return talk


def test_new_date_of_a_postponed_talk_publishes_it_and_offers_the_mail_about_it(admin_client):
    talk = postponed_with_people()
    let_know(talk)

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
    assert (talk.seats_taken, talk.waiting_count) == (1, 1)
    assert Registration.objects.confirmed().get().email == "lea@stadt.example"
    # Whoever moves up hears of the new date by that mail.
    admin_client.post(ask_page(talk))
    assert list(OutgoingMail.objects.order_by("pk").values_list("kind", "recipient")) == [
        ("promoted", "lea@stadt.example"),
        ("talk_changed", "mia@stadt.example"),
    ]


def test_new_date_together_with_an_open_one_is_refused(admin_client):
    """Else everybody would hear that the new date is open, and that it is the new date."""
    talk = make_talk()
    make_registration(talk)
    let_know(talk)

    page = save(admin_client, talk, **CHANGES["moved"] | CHANGES["postponed"]).content.decode()

    assert "„Verschoben“ heißt: Der neue Termin ist noch offen." in page
    assert Talk.objects.get().status == "published"


def test_talk_that_is_called_off_after_its_former_date_is_told(admin_client, admin_user, clock):
    talk = make_talk()
    make_registration(talk)
    talk.status = Talk.Status.POSTPONED
    talk.save()
    let_know(talk)
    clock.move_to(talk.ends_at + timedelta(days=20))
    admin_client.force_login(admin_user)

    assert save(admin_client, talk, status="cancelled")["Location"] == ask_page(talk)

    admin_client.post(ask_page(talk))
    assert OutgoingMail.objects.filter(kind="talk_changed").count() == 1


def test_postponed_talk_is_not_made_past_without_a_question(admin_client, admin_user, clock):
    talk = make_talk()
    make_registration(talk)
    talk.status = Talk.Status.POSTPONED
    talk.save()
    let_know(talk)
    clock.move_to(talk.ends_at + timedelta(days=20))
    admin_client.force_login(admin_user)

    page = save(admin_client, talk, status="published").content.decode()

    assert "liegt in der Vergangenheit" in page
    assert Talk.objects.get().status == "postponed"


def test_whoever_presses_later_finds_the_page_again(admin_client):
    talk = make_talk()
    make_registration(talk)
    let_know(talk)
    save(admin_client, talk, **CHANGES["moved"])

    desk, form = admin_client.get("/admin/"), admin_client.get(change_page(talk))

    news = (
        "1\u00a0Person weiß noch nicht, was jetzt gilt: Mittwoch, 10.\u00a0Dezember 2025, "
        "9–10\u00a0Uhr"
    )
    for page in (desk, form):
        assert news in page.content.decode()
        assert f'href="{ask_page(talk)}"' in page.content.decode()
    admin_client.post(ask_page(talk))
    for address in ("/admin/", change_page(talk)):
        assert ask_page(talk) not in admin_client.get(address).content.decode()


@pytest.mark.parametrize(
    ("change", "news"),
    [
        ("cancelled", "2\u00a0Personen wissen noch nicht, dass der Talk abgesagt ist"),
        ("postponed", "2\u00a0Personen wissen noch nicht, dass der Talk verschoben ist"),
    ],
)
def test_first_page_says_what_people_do_not_know(admin_client, change, news):
    talk = make_talk()
    for name in ("kim", "lea"):
        make_registration(talk, email=f"{name}@stadt.example")
    let_know(talk)
    save(admin_client, talk, **CHANGES[change])

    assert news in admin_client.get("/admin/").content.decode()


def test_new_title_alone_may_be_left_unsaid(admin_client):
    talk = make_talk()
    make_registration(talk)
    let_know(talk)
    save(admin_client, talk, **CHANGES["renamed"])
    assert 'name="dismiss"' in admin_client.get(ask_page(talk)).content.decode()

    admin_client.post(ask_page(talk), {"dismiss": "1"})

    assert not Registration.objects.untold().exists()
    assert not OutgoingMail.objects.exists()


def test_new_date_cannot_be_left_unsaid(admin_client):
    talk = make_talk()
    make_registration(talk)
    let_know(talk)
    save(admin_client, talk, **CHANGES["renamed"] | CHANGES["moved"])
    assert 'name="dismiss"' not in admin_client.get(ask_page(talk)).content.decode()

    admin_client.post(ask_page(talk), {"dismiss": "1"})

    assert Registration.objects.untold().count() == 1


def test_nobody_is_invited_to_a_talk_that_lies_in_the_past(admin_client):
    talk = make_talk()
    make_registration(talk)
    let_know(talk)
    past = {"starts_at_0": "3.11.2025", "means_past": "on"}

    assert save(admin_client, talk, **past)["Location"] == ask_page(talk)

    page = admin_client.get(ask_page(talk)).content.decode()
    assert "Bitte berichtigen Sie zuerst den Termin" in page
    admin_client.post(ask_page(talk))
    assert not OutgoingMail.objects.exists()
    assert "weiß noch nicht" in admin_client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("change", "names_former_date"),
    [("moved", True), ("renamed", False), ("cancelled", False), ("postponed", False)],
)
def test_mail_is_shown_as_it_will_go_out(admin_client, change, names_former_date):
    talk = make_talk()
    save(admin_client, talk, starts_at_0="3.12.2025", ends_at_0="3.12.2025")  # nobody knew before
    make_registration(talk)
    let_know(talk)
    save(admin_client, talk, **CHANGES[change])

    shown = admin_client.get(ask_page(talk)).content.decode()

    parts = ("Vorher war er für den 3.\u00a0Dezember 2025", "Statt des Termins hinter „Vorher“")
    assert [part in shown for part in parts] == [names_former_date] * 2
    assert ("Vorher war er" in shown) == names_former_date
