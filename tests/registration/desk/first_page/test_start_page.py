"""The first page of the admin as a whole: for whom, what stands there, how fast."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Municipality, Talk
from registration.mail.domain import daily
from registration.mail.domain.findings import Finding, Grade
from registration.models import BounceMailbox, OutgoingMail, ProposedChange
from registration.models.heartbeat import beat
from tests.makers import (
    make_interest,
    make_message,
    make_registration,
    make_speaker_link,
    make_talk,
)
from tests.registration.desk.first_page.page import as_role, lines, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def sections(client) -> dict[str, str]:
    """Return the text of each section of the desk by its heading."""
    html = client.get("/admin/").content.decode()
    found = re.findall(r'<h2 id="[\w-]+">(.*?)</h2>(.*?)</section>', html, re.S)
    return {heading: words(text) for heading, text in found}


# How it runs: the same as /metrics, in words


def test_desk_says_in_words_what_is_watched(admin_client, clock):
    full = make_talk(capacity=1)
    make_registration(full, email="a@stadt.example").cancel()
    make_registration(full, email="b@stadt.example")
    make_registration(full, email="c@stadt.example")
    make_registration(full, email="d@stadt.example", must_confirm=True)
    OutgoingMail.objects.filter(recipient="a@stadt.example", kind="signed_up").update(state="sent")
    clock.shift(60)
    beat()

    assert sections(admin_client)["Betrieb"] == (
        "Alles in Ordnung. Zahlen zu Anmeldungen und Mails "
        "Anmeldungen zu Talks, die nicht vorbei sind "
        "Noch nicht bestätigt 1 Angemeldet 1 Auf der Warteliste 1 Abgemeldet 1 "
        "Mails die noch warten, und die der letzten 14 Tage "
        "Wartet 4 Zurückgehalten 0 Verschickt 1 Unzustellbar 0 Entfallen 0 "
        "Mailversand Älteste Mail, die hinausgehen müsste: "
        "wartet seit 5. November 2025, 9:00 Uhr Zuletzt gesehen: 5. November 2025, 9:01 Uhr"
    )


def test_desk_says_what_metrics_say(admin_client, clock):
    talk = make_talk(capacity=2)
    for name in "abcde":
        make_registration(talk, email=f"{name}@stadt.example")
    clock.shift(90)
    beat()
    metrics = admin_client.get("/metrics").content.decode()
    numbers = re.findall(r'^webtalks_\w+{state="\w+"} (\d+)', metrics, re.M)

    page = admin_client.get("/admin/").content.decode()
    assert re.findall(r"<dd>(\d+)</dd>", page)[-9:] == numbers


# For whom


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        ("Redaktion", ["Zu tun", "Kommende Talks"]),
        ("Teilnehmende", ["Zu tun", "Betrieb", "Kommende Talks", "Person suchen"]),
        ("Lesend", ["Kommende Talks"]),
        ("nobody", []),
    ],
)
def test_each_group_sees_what_concerns_it(client, role, headings):
    make_registration()
    as_role(client, role)

    assert list(sections(client)) == headings
    html = client.get("/admin/").content.decode()
    assert ("/admin/registration/registration/" in html) == (role == "Teilnehmende")
    assert ("Neuer Talk" in html) == (role == "Redaktion")


def test_visitor_is_led_to_the_log_in(client):
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"


def test_nothing_to_do_is_said(client):
    beat()
    as_role(client, "Teilnehmende")

    assert sections(client)["Zu tun"] == "Gerade ist nichts zu tun."
    assert sections(client)["Betrieb"].startswith("Alles in Ordnung.")


def test_every_task_leads_to_a_page_that_its_reader_may_open(client):
    everything()
    for role in ("Redaktion", "Teilnehmende"):
        as_role(client, role)
        found = lines(client)
        assert len(found) >= 4
        for line in found:
            path, _, anchor = line.url.partition("#")
            response = client.get(path)
            assert (line.url, response.status_code) == (line.url, 200)
            assert not anchor or f'id="{anchor}"' in response.content.decode()


# The lists, also where there is no column for them


def test_all_lists_are_on_every_page_in_a_menu(client):
    talk = make_talk()
    as_role(client, "Redaktion")
    for path in ("/admin/", "/admin/events/topic/", f"/admin/events/talk/{talk.pk}/change/"):
        html = client.get(path).content.decode()
        (menu,) = re.findall(r'<details class="menu">(.*?)</details>', html, re.S)
        assert words(menu) == (
            "Menü Start Anmeldungen Angebote zu berichten "
            "Veranstaltungsreihe Orte Reihe Talks Themen"
        )
    client.logout()

    assert 'class="menu"' not in client.get("/admin/login/").content.decode()


# How fast


def everything(first: int = 0, number: int = 1) -> None:
    """Store what makes each kind of task appear, `number` times; they are counted from `first`."""
    now = timezone.now()
    for index in range(first, first + number):
        talk = make_talk(title=f"Voll {index}", town=f"Ort {index}", starts_in=10 * DAY)
        for name in "ab":
            make_registration(talk, email=f"{name}{index}@stadt.example")
        Talk.objects.filter(pk=talk.pk).update(starts_at=talk.starts_at + timedelta(minutes=5))
        make_talk(title=f"Entwurf {index}", starts_in=9 * DAY, status="draft", announcement="")
        over = make_talk(title=f"Vorbei {index}", starts_in=DAY)
        row = make_registration(over, email=f"o{index}@stadt.example")
        Talk.objects.filter(pk=over.pk).update(starts_at=now - 2 * DAY, ends_at=now - DAY)
        make_interest(f"i{index}@stadt.example")
        message = make_message(talk)
        message.release()
        message.stop()
        propose_something(talk)
        Municipality.objects.create(name=f"Größenau {index}", land="")
        make_registration(refused := make_talk(), email=f"f{index}@stadt.example")
        OutgoingMail.objects.filter(registrations__talk=refused).update(state="failed")
        write_history(User.objects.create_user(f"orga-{index}", is_staff=True), row)


def propose_something(talk) -> None:
    link = make_speaker_link(talk, email=f"s{talk.pk}@stadt.example")
    ProposedChange.objects.propose(link, "subtitle", "Neu")


def write_history(user, row) -> None:
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(row),
        object_id=row.pk,
        object_repr=f"Anmeldung Nr. {row.pk}",
        action_flag=2,
        change_message="Berichtigt.",
    )


def queries(client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/admin/").status_code == 200
    return len(captured)


def test_page_asks_the_same_few_questions_for_any_number_of_rows(admin_client):
    everything()
    few = queries(admin_client)
    assert len(lines(admin_client)) >= 13
    everything(first=1, number=4)

    assert queries(admin_client) == few <= 12


def test_page_asks_few_questions_with_a_mailbox_for_bounces_too(admin_client, settings):
    settings.BOUNCE_ADDRESS = "rueck@stadt.example"
    settings.BOUNCE_URL = "imaps://rueck:geheim@mail.stadt.example"
    everything()
    daily.keep([Finding("SPF", Grade.WRONG, "Fehlt.")])
    BounceMailbox.load().release(trouble="Das Postfach ist weg.")
    BounceMailbox.note_sender(is_taken=False)

    page = words(admin_client.get("/admin/").content.decode())
    for told in ("Das Postfach ist weg.", "an: SPF.", "nimmt rueck@stadt.example nicht"):
        assert told in page
    assert queries(admin_client) <= 12
