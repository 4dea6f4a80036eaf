"""The first page of the admin."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Municipality, Series
from registration.mail.deliver import Outcome, deliver_due
from registration.models import OutgoingMail
from registration.models.heartbeat import LOST_AFTER, beat
from tests.admin_form import send, url
from tests.makers import TITLE, make_groups, make_message, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def sections(client) -> dict[str, str]:
    """Return the text of each section of the desk by its heading."""
    html = client.get("/admin/").content.decode()
    found = re.findall(r'<h2 id="[\w-]+">(.*?)</h2>(.*?)</section>', html, re.S)
    return {
        heading: " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
        for heading, text in found
    }


def test_next_talk_shows_days_to_go_and_who_comes(client, admin_user, clock):
    make_talk(title="Später", starts_in=timedelta(days=40))
    make_talk(title="Entwurf", starts_in=timedelta(days=5), status="draft")
    make_talk(title="Abgesagt", starts_in=timedelta(days=4), status="cancelled")
    talk = make_talk(capacity=3, starts_in=timedelta(days=12))
    for name in "abcd":
        make_registration(talk, email=f"{name}@stadt.example")
    clock.shift(timedelta(days=2))
    make_registration(talk, email="e@stadt.example")
    talk.registrations.get(email="a@stadt.example").cancel()
    client.force_login(admin_user)

    assert sections(client)["Nächster Talk"] == (
        f"{TITLE} In 10 Tagen : Montag, 17. November 2025, 9–10 Uhr · Gudensberg "
        "Angemeldet 3 von 3 Auf der Warteliste 1 Abgemeldet 1 Seit gestern +1, −1 "
        "Alle Anmeldungen zu diesem Talk"
    )


def test_next_talk_that_is_not_public_yet_says_from_when(admin_client):
    make_talk(publish_at=timezone.now() + timedelta(days=2))

    words = " · Gudensberg · Veröffentlicht ab 7. November 2025, 9:00 Uhr Angemeldet 0"
    assert words in sections(admin_client)["Nächster Talk"]


def test_quiet_day_says_so(client, admin_user, clock):
    talk = make_talk(starts_in=timedelta(days=12))
    make_registration(talk)
    clock.shift(timedelta(days=1, seconds=1))
    client.force_login(admin_user)

    assert "Seit gestern keine Änderung" in sections(client)["Nächster Talk"]


def test_empty_site_offers_to_enter_a_talk(admin_client):
    assert sections(admin_client)["Nächster Talk"] == (
        "Es steht kein Talk bevor. Einen Talk eintragen"
    )


def test_gaps_of_all_talks_ahead_lead_to_their_fields(admin_client):
    near = make_talk(starts_in=timedelta(days=3))
    draft = make_talk(title="Neu", status="draft", speaker="", meeting_url="https://v.example/")
    make_talk(title="Abgesagt", status="cancelled", announcement="")
    make_talk(title="Vorbei", starts_in=timedelta(days=-3), announcement="")
    waits = make_talk(title="Verschoben", status="postponed", starts_in=timedelta(days=-9))

    html = admin_client.get("/admin/").content.decode()
    found = re.findall(r'<li><a href="/admin/events/talk/(\d+)/change/#id_([\w-]+)">(.*?)<', html)
    assert [
        (int(pk), field, unescape(text).replace("\u00a0", " ")) for pk, field, text in found
    ] == [
        (waits.pk, "starts_at_0", "Der neue Termin steht noch nicht fest"),
        (near.pk, "meeting_url", "Zugangslink fehlt, in 3 Tagen ist es so weit"),
        (draft.pk, "status", "Noch ein Entwurf, in 21 Tagen ist es so weit"),
        (draft.pk, "speakers-0-name", "Referentin oder Referent fehlt"),
    ]


def test_nothing_missing_is_said(admin_client):
    make_talk()

    assert sections(admin_client)["Was noch fehlt"] == (
        "Nichts: Bei allen Talks, die bevorstehen, ist alles eingetragen."
    )


# How it runs: the same as /metrics, in words


NO_MAILS = "Wartet 0 Zurückgehalten 0 Verschickt 0 Unzustellbar 0 Entfallen 0"
NOBODY = "Noch nicht bestätigt 0 Angemeldet 0 Auf der Warteliste 0 Abgemeldet 0"
TELL = "Bitte sagen Sie der Person Bescheid, die den Server betreut."


def running(trouble="", *, people=NOBODY, mails=NO_MAILS, due="keine", seen="noch nie") -> str:
    """Return the section as it reads; without trouble it says that all is well."""
    return (
        f"{trouble or 'Alles in Ordnung.'} "
        f"Anmeldungen zu Talks, die nicht vorbei sind {people} "
        f"Mails die noch warten, und die der letzten 14 Tage {mails} "
        f"Mailversand Älteste Mail, die hinausgehen müsste: {due} Zuletzt gesehen: {seen}"
    )


def test_desk_says_in_words_what_is_watched(admin_client, clock):
    full = make_talk(capacity=1)
    make_registration(full, email="a@stadt.example").cancel()
    make_registration(full, email="b@stadt.example")
    make_registration(full, email="c@stadt.example")
    make_registration(full, email="d@stadt.example", must_confirm=True)
    OutgoingMail.objects.filter(recipient="a@stadt.example", kind="signed_up").update(state="sent")
    clock.shift(60)
    beat()

    assert sections(admin_client)["Betrieb"] == running(
        people="Noch nicht bestätigt 1 Angemeldet 1 Auf der Warteliste 1 Abgemeldet 1",
        mails="Wartet 4 Zurückgehalten 0 Verschickt 1 Unzustellbar 0 Entfallen 0",
        due="wartet seit 5. November 2025, 9:00 Uhr",
        seen="5. November 2025, 9:01 Uhr",
    )


def test_trouble_hides_nothing_of_it(admin_client, clock, settings):
    settings.OPERATOR_CONTACT = "Frau Weiß, 05661 1"
    call = TELL.replace("betreut", "betreut (Frau Weiß, 05661 1)")
    talk = make_talk()
    for name in "abcd":
        make_registration(talk, email=f"{name}@stadt.example")
    first, second, *_ = OutgoingMail.objects.order_by("pk")
    OutgoingMail.objects.filter(pk=first.pk).update(state="failed")
    OutgoingMail.objects.filter(pk=second.pk).update(state="held")
    OutgoingMail.objects.queued().update(last_error="451 4.7.1 <…>: greylisted")
    beat()
    clock.shift(timedelta(minutes=15, seconds=1))

    assert sections(admin_client)["Betrieb"] == running(
        "1 Mail konnte nicht zugestellt werden (in den letzten 14 Tagen) "
        "1 Mail ist zurückgehalten , weil eine Sicherung zurückgespielt wurde. "
        "Geben Sie frei, was noch stimmt, und verwerfen Sie den Rest. "
        "Mails gehen nicht hinaus : Die älteste wartet schon länger als 15 Minuten. "
        "Der Server bittet um Geduld (451 4.7.1). "
        "Die Mails sind nicht verloren: Sie gehen von selbst hinaus, sobald es wieder geht. "
        f"Dauert es länger als eine Stunde, oder beginnt bald ein Talk? {call} "
        f"Der Mailversand läuft nicht. {call}",
        people="Noch nicht bestätigt 0 Angemeldet 4 Auf der Warteliste 0 Abgemeldet 0",
        mails="Wartet 2 Zurückgehalten 1 Verschickt 0 Unzustellbar 1 Entfallen 0",
        due="wartet seit 5. November 2025, 9:00 Uhr",
        seen="5. November 2025, 9:00 Uhr",
    )


def test_several_that_failed_or_are_held_are_counted(admin_client):
    talk = make_talk()
    for name in "abcd":
        make_registration(talk, email=f"{name}@stadt.example")
    beat()
    OutgoingMail.objects.hold()
    pks = OutgoingMail.objects.values_list("pk", flat=True)[:2]
    OutgoingMail.objects.filter(pk__in=list(pks)).update(state="failed")

    section = sections(admin_client)["Betrieb"]
    assert section.startswith("2 Mails konnten nicht zugestellt werden")
    assert "2 Mails sind zurückgehalten" in section


def test_mail_that_waits_for_quarter_of_an_hour_is_no_trouble_yet(admin_client, clock):
    make_registration()
    clock.shift(timedelta(minutes=15))
    beat()

    assert sections(admin_client)["Betrieb"].startswith("Alles in Ordnung. ")
    clock.shift(timedelta(seconds=1))
    assert sections(admin_client)["Betrieb"].startswith("Mails gehen nicht hinaus")


def test_mail_that_a_server_puts_off_again_and_again_is_late(admin_client, smtp_server, clock):
    make_registration()
    smtp_server.answers["RCPT"] = ["451 later"] * 3
    for minutes in (1, 4, 11):
        assert deliver_due() == [Outcome.RETRY]
        clock.shift(timedelta(minutes=minutes))
    beat()

    # Not due before another five minutes have gone by.
    assert deliver_due() == []
    assert sections(admin_client)["Betrieb"].startswith("Mails gehen nicht hinaus")


def test_mail_that_failed_long_ago_is_no_news(client, admin_user, clock):
    make_registration()
    OutgoingMail.objects.update(state="failed")
    clock.shift(timedelta(days=14))
    beat()
    client.force_login(admin_user)

    assert sections(client)["Betrieb"].startswith("Alles in Ordnung. ")


def test_worker_that_is_gone_is_named(admin_client, clock):
    gone = f"Der Mailversand läuft nicht. {TELL}"
    assert sections(admin_client)["Betrieb"] == running(gone)
    beat()
    seen = "5. November 2025, 9:00 Uhr"
    assert sections(admin_client)["Betrieb"] == running(seen=seen)
    clock.shift(LOST_AFTER - timedelta(seconds=1))
    assert sections(admin_client)["Betrieb"] == running(seen=seen)
    clock.shift(timedelta(seconds=1))
    assert sections(admin_client)["Betrieb"] == running(gone, seen=seen)


def test_desk_says_what_metrics_say(admin_client, clock):
    talk = make_talk(capacity=2)
    for name in "abcde":
        make_registration(talk, email=f"{name}@stadt.example")
    clock.shift(90)
    beat()
    numbers = re.findall(r'^webtalks_\w+{state="\w+"} (\d+)', page(admin_client, "/metrics"), re.M)

    assert re.findall(r"<dd>(\d+)</dd>", page(admin_client, "/admin/"))[-9:] == numbers


def page(client, path) -> str:
    return client.get(path).content.decode()


# For whom, and how fast


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        ("Redaktion", ["Nächster Talk", "Was noch fehlt", "Rechtliches"]),
        ("Teilnehmende", ["Nächster Talk", "Was noch fehlt", "Person suchen", "Betrieb"]),
        ("Lesend", ["Nächster Talk", "Was noch fehlt"]),
        ("nobody", []),
    ],
)
def test_each_group_sees_what_concerns_it(client, role, headings):
    make_groups()
    make_registration()
    user = User.objects.create_user("orga", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    client.force_login(user)

    assert list(sections(client)) == headings
    html = client.get("/admin/").content.decode()
    assert ("/admin/registration/registration/" in html) == (role == "Teilnehmende")


def test_visitor_is_led_to_the_log_in(client):
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"


def test_desk_asks_the_same_for_any_number_of_talks(admin_client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get("/admin/").status_code == 200
        return len(captured)

    make_registration()
    first = queries()
    for number in range(10):
        make_talk(title=f"Talk {number}", town=f"Ort {number}", status="draft")

    assert queries() == first <= 19


def test_gaps_of_the_legal_pages_are_listed_until_they_are_filled(admin_client):
    assert "Impressum: Anbieter" in sections(admin_client)["Rechtliches"]
    texts = {
        field.name: "eingetragen"
        for field in Series._meta.fields
        if field.get_internal_type() in ("CharField", "TextField") and not field.choices
    }
    chosen = {
        "contact_email": "kontakt@reihe.example",
        "series_url": "https://reihe.example/",
        "accessibility_assessed_on": "2025-11-01",
        "accessibility_result": "partial",
        "accessibility_duty": "none",
        "accessibility_method": "self",
    }
    Series.objects.create(**texts | chosen)

    assert [gap.label for gap in Series.load().gaps] == []
    assert "Rechtliches" not in sections(admin_client)


def test_town_without_a_land_is_a_task_until_it_has_one(admin_client):
    make_talk()
    assert "Ortsverzeichnis" not in sections(admin_client)
    town = Municipality.objects.create(name="Größenau", land="")

    assert "Größenau: Land wählen" in sections(admin_client)["Ortsverzeichnis"]
    response = send(admin_client, url(town), {"land": "Hessen"})

    assert response.status_code == 302
    assert "Ortsverzeichnis" not in sections(admin_client)


def test_stopped_message_is_found_again_until_it_goes_on(admin_client, clock):
    talk = make_talk()
    make_registration(talk)
    message = make_message(talk, subject="Ä & Ö")
    message.release()
    assert "Angehaltene Nachrichten" not in sections(admin_client)

    message.stop()
    found = sections(admin_client)["Angehaltene Nachrichten"]
    assert found == (
        f"Ä & Ö {TITLE} 1 Mail ist noch nicht hinausgegangen. Ansehen und fortsetzen …"
    )
    clock.shift(timedelta(days=15))
    assert "Angehaltene Nachrichten" not in sections(admin_client)
    clock.shift(timedelta(days=-15))
    message.resume()
    assert "Angehaltene Nachrichten" not in sections(admin_client)
