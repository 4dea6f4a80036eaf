import re
from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Talk
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration, links
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MEETING = "https://video.example/raum?pwd=geheim&x=1"


def way_in(row):
    token = links.token(row.key, links.PURPOSE_JOIN)
    return reverse("registration:join", args=[token])


@pytest.fixture
def row():
    return make_registration(make_talk(meeting_url=MEETING, capacity=1))


def test_room_opens_fifteen_minutes_before_the_start(client, clock, row):
    opens_at = row.talk.starts_at - timedelta(minutes=15)
    clock.move_to(opens_at - timedelta(seconds=1))
    page = client.get(way_in(row)).content.decode()
    assert "26.\u00a0November 2025 um" in page
    assert "8:45\u00a0Uhr" in page
    assert "Jetzt teilnehmen" not in page

    clock.move_to(opens_at)
    page = client.get(way_in(row)).content.decode()
    assert "Jetzt teilnehmen" in page
    assert "video.example" not in page


def test_button_notes_who_came_and_leads_to_the_meeting(client, clock, row):
    clock.move_to(row.talk.starts_at)
    client.get(way_in(row))
    row.refresh_from_db()
    assert row.joined_at is None

    response = client.post(way_in(row))

    row.refresh_from_db()
    assert row.joined_at == row.talk.starts_at
    assert response.status_code == 200
    assert response["Refresh"] == f"0; url={MEETING}"
    assert "no-store" in response["Cache-Control"]
    assert 'href="https://video.example/raum?pwd=geheim&amp;x=1"' in response.content.decode()

    clock.shift(60)
    assert client.post(way_in(row)).status_code == 200
    row.refresh_from_db()
    assert row.joined_at == row.talk.starts_at


def test_page_that_waits_loads_itself_anew_when_the_room_opens(client, clock, row):
    opens_at = row.talk.starts_at - timedelta(minutes=15)
    clock.move_to(opens_at - timedelta(seconds=90, milliseconds=200))
    answers = [client.get(way_in(row)) for _ in range(60)]

    seconds = {int(answer["Refresh"]) for answer in answers}
    assert (min(seconds) >= 91, max(seconds) <= 91 + 20, len(seconds) > 5) == (True, True, True)
    text = " ".join(re.sub(r"<[^>]+>", "", answers[0].content.decode()).split())
    assert "Die Seite lädt sich um 8:45 Uhr einmal neu. Ohne Neuladen warten" in text
    clock.move_to(opens_at + timedelta(seconds=min(seconds) - 91))
    opened = client.get(way_in(row))
    assert ("Jetzt teilnehmen" in opened.content.decode(), "Refresh" in opened) == (True, False)


def test_page_that_waits_can_be_had_without_loading_anew(client, clock, row):
    clock.move_to(row.talk.starts_at - timedelta(hours=1))
    assert 'href="?ohne-neuladen"' in client.get(way_in(row)).content.decode()

    quiet = client.get(way_in(row) + "?ohne-neuladen")

    assert "Refresh" not in quiet
    assert "Bitte laden Sie diese Seite dann neu." in quiet.content.decode()
    assert f'href="{way_in(row)}"' in quiet.content.decode()


@pytest.mark.parametrize(("days", "reloads"), [(3, True), (25, False)])
def test_page_loads_itself_anew_on_another_day_if_browsers_can_wait_so_long(client, days, reloads):
    row = make_registration(make_talk(starts_in=timedelta(days=days)))

    answer = client.get(way_in(row))

    assert "Refresh" not in client.post(way_in(row))
    assert ("Refresh" in answer, "dann um" in answer.content.decode()) == (reloads, reloads)


@pytest.mark.parametrize("minutes", [5, 60])
def test_how_early_the_room_opens_is_a_setting(client, clock, settings, row, minutes):
    settings.JOIN_OPENS_MINUTES = minutes
    clock.move_to(row.talk.starts_at - timedelta(minutes=minutes))

    assert "Jetzt teilnehmen" in client.get(way_in(row)).content.decode()


def test_new_address_of_the_meeting_needs_no_new_mail(client, clock, row):
    clock.move_to(row.talk.starts_at)
    row.talk.meeting_url = "https://anderswo.example/"
    row.talk.save()

    assert client.post(way_in(row))["Refresh"] == "0; url=https://anderswo.example/"


def closed(client, row, heading):
    """Whether neither GET nor POST leads in, and both say why."""
    for response in (client.get(way_in(row)), client.post(way_in(row))):
        page = response.content.decode()
        assert response.status_code == 200
        assert f"<h1>{heading}</h1>" in page
        assert "video.example" not in page
        assert "url=" not in response.get("Refresh", "")
    row.refresh_from_db()
    return row.joined_at is None


def test_early_post_does_not_lead_in(client, row):
    assert closed(client, row, "Der Raum ist noch geschlossen.")


def test_room_closes_with_the_end(client, clock, row):
    clock.move_to(row.talk.ends_at - timedelta(seconds=1))
    assert "Jetzt teilnehmen" in client.get(way_in(row)).content.decode()
    clock.move_to(row.talk.ends_at)
    assert closed(client, row, "Dieser Talk ist zu Ende.")


def test_talk_without_a_meeting_says_so(client, clock):
    row = make_registration(make_talk())
    clock.move_to(row.talk.starts_at)

    assert closed(client, row, "Der Zugang wird gerade eingerichtet.")


def test_waiting_and_cancelled_get_a_kind_word(client, clock, row):
    waiting = make_registration(row.talk, email="w@stadt.example")
    clock.move_to(row.talk.starts_at - timedelta(minutes=10))
    assert closed(client, waiting, "Sie stehen noch auf der Warteliste.")

    row.cancel()
    assert closed(client, row, "Sie sind für diesen Talk nicht mehr angemeldet.")


def test_pending_must_confirm_first(client, clock):
    row = make_registration(make_talk(meeting_url=MEETING, double_opt_in=True))

    assert closed(client, row, "Ihre Anmeldung ist noch nicht bestätigt.")


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        ("cancelled", "Dieser Talk ist abgesagt."),
        ("postponed", "Dieser Talk ist verschoben."),
    ],
)
def test_talk_that_is_off_says_so(client, clock, row, status, heading):
    Talk.objects.filter(pk=row.talk_id).update(status=status)
    clock.move_to(row.talk.starts_at)

    assert closed(client, row, heading)


def test_meeting_is_printed_nowhere_else(client, clock, row, smtp_server):
    deliver_due()
    mine = reverse("registration:mine", args=[links.token(row.key, links.PURPOSE_MINE)])
    pages = ["/", row.talk.get_absolute_url(), "/kalender.ics", mine, f"{mine}daten.json"]
    pages += [f"{row.talk.get_absolute_url()}termin.ics", f"{mine}{row.uuid}/termin.ics"]

    shown = [client.get(path).content for path in pages]

    assert [content for content in shown if b"video.example" in content] == []
    assert b"video.example" not in smtp_server.messages[0].content


def ask(client, talk, email):
    path = reverse("registration:ask_for_way_in", args=[talk.slug])
    response = client.post(path, {"email": email})
    return response.status_code, response["Location"], response.content


def test_way_in_is_mailed_first_and_unknown_addresses_get_the_same_page(client, row):
    waiting = make_registration(row.talk, email="w@stadt.example")
    OutgoingMail.objects.all().delete()

    answers = {
        ask(client, row.talk, email) for email in (row.email, waiting.email, "x@stadt.example")
    }

    assert answers == {(302, "/anmeldung/links/verschickt/", b"")}
    mails = OutgoingMail.objects.order_by("priority").values_list("kind", "recipient")
    assert list(mails) == [("way_in", row.email), ("links", waiting.email)]
    assert OutgoingMail.objects.claim().kind == "way_in"


def test_way_in_has_a_limit_of_its_own_in_the_last_hour(client, clock, row):
    clock.move_to(row.talk.starts_at - timedelta(hours=1, minutes=1))
    for _ in range(5):
        ask(client, row.talk, row.email)
    assert OutgoingMail.objects.filter(kind="way_in").count() == 3

    clock.shift(timedelta(minutes=2))
    for _ in range(7):
        ask(client, row.talk, row.email)

    assert OutgoingMail.objects.filter(kind="way_in").count() == 3 + 5


@pytest.mark.parametrize("slug", ["gibt-es-nicht", "entwurf"])
def test_way_in_of_an_unknown_talk_is_not_found(client, slug):
    make_talk(slug="entwurf", status=Talk.Status.DRAFT)

    assert client.get(f"/talks/{slug}/teilnehmen/").status_code == 404


def test_bad_address_gets_a_message(client, row):
    response = client.post(f"/talks/{row.talk.slug}/teilnehmen/", {"email": "kim@"})

    assert response.status_code == 422
    assert "Bitte geben Sie eine vollständige E-Mail-Adresse ein" in response.content.decode()


def test_lost_link_is_sent_again_three_times_a_day(client, clock, row):
    for _ in range(5):
        response = client.post("/anmeldung/links/", {"email": "KIM@stadt.example"})
        assert response["Location"] == "/anmeldung/links/verschickt/"
    client.post("/anmeldung/links/", {"email": "unbekannt@stadt.example"})

    assert OutgoingMail.objects.filter(kind="links").count() == 3
    assert Registration.objects.count() == 1
    assert client.post("/anmeldung/links/", {"email": ""}).status_code == 422


def test_lost_link_asks_again_for_what_was_never_confirmed(client):
    make_registration(make_talk(double_opt_in=True))

    client.post("/anmeldung/links/", {"email": "kim@stadt.example"})

    assert list(OutgoingMail.objects.values_list("kind", flat=True)) == ["please_confirm"] * 2


def test_who_has_cancelled_is_promised_no_seat_in_a_postponed_talk(client, row):
    Talk.objects.filter(pk=row.talk_id).update(status="postponed")
    promise = "Sie behalten Ihren Platz"
    assert promise in client.get(way_in(row)).content.decode()

    row.cancel()

    assert promise not in client.get(way_in(row)).content.decode()


def test_old_links_of_who_came_back_lead_to_the_new_row(client, clock, row):
    row.cancel()
    clock.shift(60)
    back = make_registration(row.talk)
    row.refresh_from_db()
    token = links.token(row.key, links.PURPOSE_REMINDERS)

    client.post(reverse("registration:reminders", args=[token]))

    back.refresh_from_db()
    assert back.reminders_off
    assert "nicht mehr angemeldet" not in client.get(way_in(row)).content.decode()


def test_reminders_can_be_switched_on_again(client, row):
    page = reverse("registration:reminders", args=[links.token(row.key, links.PURPOSE_REMINDERS)])
    done = client.post(page).content.decode()
    button = re.search(r'<button [^>]*name="(\w+)">Doch wieder erinnern</button>', done)[1]
    row.refresh_from_db()
    before = row.reminders_off

    again = client.post(page, {button: ""}).content.decode()

    row.refresh_from_db()
    assert (before, row.reminders_off) == (True, False)
    assert "Erinnerungen abstellen</button>" in again


def test_meeting_address_with_umlauts_arrives_whole(client, clock):
    row = make_registration(make_talk(meeting_url="https://räume.example/größe/7?pwd=ł"))
    clock.move_to(row.talk.starts_at)

    response = client.post(way_in(row))

    assert response["Refresh"] == (
        "0; url=https://r%C3%A4ume.example/gr%C3%B6%C3%9Fe/7?pwd=%C5%82"
    )
