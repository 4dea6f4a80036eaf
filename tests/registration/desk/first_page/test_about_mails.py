"""What the first page says of mails: refused, late, held back, stopped, or all in order."""

from datetime import timedelta

import pytest

from registration.mail.deliver import Outcome, deliver_due
from registration.models import BounceMailbox, OutgoingMail
from registration.models.heartbeat import LOST_AFTER, beat
from registration.models.mails.domain_finding import DomainFinding
from tests.makers import TITLE, make_message, make_registration, make_talk
from tests.registration.desk.first_page.page import as_role, find, lines
from tests.registration.desk.first_page.test_start_page import sections

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FINE = "Alles in Ordnung."
MAILS = "/admin/registration/outgoingmail/?state__exact="


def is_fine(client) -> bool:
    return sections(client)["Betrieb"].startswith(FINE)


def test_refused_mail_stands_there_until_it_is_sent_again(admin_client):
    beat()
    make_registration()
    mail = OutgoingMail.objects.get()
    OutgoingMail.objects.update(state="failed")

    line = find(admin_client, "zugestellt")
    assert line.text == "1 Mail konnte nicht zugestellt werden."
    assert (line.url, is_fine(admin_client)) == (f"{MAILS}failed", False)
    mail.refresh_from_db()
    assert mail.resend()
    assert find(admin_client, "zugestellt") is None
    assert is_fine(admin_client)


def test_mail_that_is_refused_again_stands_there_again(admin_client):
    beat()
    make_registration()
    OutgoingMail.objects.update(state="failed")
    OutgoingMail.objects.get().resend()
    OutgoingMail.objects.update(state="failed")

    assert find(admin_client, "zugestellt").text == "1 Mail konnte nicht zugestellt werden."


def test_refused_mail_to_nobody_any_more_is_no_task(admin_client):
    beat()
    make_registration()
    OutgoingMail.objects.update(state="failed")
    OutgoingMail.objects.all().erase()

    assert is_fine(admin_client)


def test_several_that_failed_or_are_held_are_counted(admin_client):
    talk = make_talk()
    for name in "abcd":
        make_registration(talk, email=f"{name}@stadt.example")
    beat()
    OutgoingMail.objects.hold()
    pks = OutgoingMail.objects.values_list("pk", flat=True)[:2]
    OutgoingMail.objects.filter(pk__in=list(pks)).update(state="failed")

    assert find(admin_client, "zugestellt").text == "2 Mails konnten nicht zugestellt werden."
    line = find(admin_client, "zurückgehalten")
    assert line.text.startswith("2 Mails sind zurückgehalten, weil eine Sicherung")
    assert (line.url, line.is_urgent) == (f"{MAILS}held", True)
    OutgoingMail.objects.release()
    assert find(admin_client, "zurückgehalten") is None


def test_mail_that_waits_for_quarter_of_an_hour_is_no_trouble_yet(admin_client, clock):
    make_registration()
    clock.shift(timedelta(minutes=15))
    beat()
    assert is_fine(admin_client)
    clock.shift(timedelta(seconds=1))

    line = find(admin_client, "gehen nicht hinaus")
    assert line.deadline == "Die älteste wartet seit 5. November 2025, 9:00 Uhr."
    assert (line.url, line.is_urgent, is_fine(admin_client)) == (f"{MAILS}queued", True, False)


def test_mail_that_a_server_puts_off_again_and_again_is_late(admin_client, smtp_server, clock):
    make_registration()
    smtp_server.answers["RCPT"] = ["451 later"] * 3
    for minutes in (1, 4, 11):
        assert deliver_due() == [Outcome.RETRY]
        clock.shift(timedelta(minutes=minutes))
    beat()

    # Not due before another five minutes have gone by.
    assert deliver_due() == []
    assert find(admin_client, "gehen nicht hinaus")


def test_long_queue_that_goes_out_slowly_is_no_trouble(admin_client, smtp_server, clock, settings):
    settings.MAILS_PER_MINUTE = 1
    talk = make_talk()
    for number in range(3):
        make_registration(talk, email=f"{number}@stadt.example")
    clock.shift(timedelta(minutes=16))
    assert deliver_due() == [Outcome.SENT]
    beat()

    assert is_fine(admin_client)


def put_off(smtp_server, clock, *, hours):
    """Let a server put off one mail for so long, and take another meanwhile."""
    talk = make_talk()
    make_registration(talk)
    smtp_server.answers["RCPT"] = ["451 4.7.1 greylisted"]
    assert deliver_due() == [Outcome.RETRY]
    make_registration(talk, email="p@stadt.example")
    clock.shift(timedelta(seconds=30))
    assert deliver_due() == [Outcome.SENT]
    clock.shift(timedelta(hours=hours))
    beat()


@pytest.mark.parametrize(("hours", "words"), [(5, "5 Stunden"), (72, "3 Tagen")])
def test_mail_put_off_while_others_go_out_is_told_by_its_age(
    client, admin_user, smtp_server, clock, hours, words
):
    put_off(smtp_server, clock, hours=hours)

    client.force_login(admin_user)
    line = find(client, "obwohl andere")

    assert line.text == (
        f"1 Mail wartet seit {words}, obwohl andere hinausgehen. Der Server bittet um Geduld "
        "(451 4.7.1). Wir versuchen es weiter."
    )
    assert (line.url, line.is_urgent) == (f"{MAILS}queued", False)
    assert (find(client, "gehen nicht hinaus"), is_fine(client)) == (None, False)


def test_mail_put_off_for_an_hour_is_no_trouble_yet(admin_client, smtp_server, clock):
    put_off(smtp_server, clock, hours=0.9)

    assert find(admin_client, "obwohl andere") is None
    assert is_fine(admin_client)


def test_put_off_mail_does_not_hide_that_now_none_goes_out(admin_client, smtp_server, clock):
    put_off(smtp_server, clock, hours=5)
    for name in "qr":
        make_registration(make_talk(), email=f"{name}@stadt.example")
    smtp_server.answers["RCPT"] = ["452 4.2.2 full"] * 3
    assert deliver_due() == [Outcome.RETRY] * 3
    clock.shift(timedelta(minutes=16))
    beat()

    line = find(admin_client, "gehen nicht hinaus")
    assert "Das Postfach ist voll (452 4.2.2)." in line.text
    assert line.deadline == "Die älteste wartet seit 5. November 2025, 14:00 Uhr."
    assert find(admin_client, "obwohl andere").text.startswith("1 Mail wartet seit 5 Stunden,")


def test_mail_that_failed_long_ago_is_no_news(client, admin_user, clock):
    make_registration()
    OutgoingMail.objects.update(state="failed")
    clock.shift(timedelta(days=14))
    beat()
    client.force_login(admin_user)

    assert is_fine(client)


def test_worker_that_is_gone_is_named(admin_client, clock):
    assert find(admin_client, "Mailversand").deadline == "Zuletzt gesehen: noch nie."
    beat()
    assert find(admin_client, "Mailversand") is None
    clock.shift(LOST_AFTER - timedelta(seconds=1))
    assert is_fine(admin_client)
    clock.shift(timedelta(seconds=1))

    line = find(admin_client, "Mailversand")
    assert line.text == (
        "Der Mailversand läuft nicht. Bitte sagen Sie der Person Bescheid, die den Server betreut."
    )
    assert line.deadline == "Zuletzt gesehen: 5. November 2025, 9:00 Uhr."
    assert lines(admin_client)[0] == line


def test_stopped_message_is_found_again_until_it_goes_on(admin_client, clock):
    talk = make_talk()
    make_registration(talk)
    message = make_message(talk, subject="Ä & Ö")
    message.release()
    assert find(admin_client, "Angehaltene Nachricht") is None

    message.stop()
    line = find(admin_client, "Angehaltene Nachricht")
    assert line.text == "Ä & Ö Angehaltene Nachricht: 1 Mail ist noch nicht hinausgegangen."
    assert (line.deadline, line.button) == (f"Zum Talk „{TITLE}“.", "Ansehen und fortsetzen …")
    assert line.url == f"/admin/registration/message/{message.pk}/pruefen/"
    clock.shift(timedelta(days=-1))
    message.resume()
    assert find(admin_client, "Angehaltene Nachricht") is None


def test_stopped_message_is_no_task_after_two_weeks(client, admin_user, clock):
    talk = make_talk()
    make_registration(talk)
    message = make_message(talk)
    message.release()
    message.stop()
    clock.shift(timedelta(days=15))
    client.force_login(admin_user)

    assert find(client, "Angehaltene Nachricht") is None


def test_who_may_not_see_mails_is_not_told_of_them(client):
    make_registration()
    OutgoingMail.objects.update(state="failed")
    as_role(client, "Redaktion")

    assert "Betrieb" not in sections(client)
    assert [line for line in lines(client) if "Mail" in line.text] == []


def test_bounce_mailbox_that_cannot_be_read_stands_there(admin_client, settings):
    beat()
    trouble = "Das Postfach für Rückläufer lässt sich nicht lesen: mail.stadt.de antwortet nicht."
    BounceMailbox.load().release(trouble=trouble)
    assert is_fine(admin_client)  # nobody reads it any more
    settings.BOUNCE_URL = "imaps://rueck:geheim@mail.stadt.de"

    line = find(admin_client, "Rückläufer")
    assert line.text.startswith(f"{trouble} Bitte sagen Sie der Person Bescheid")
    assert (line.is_urgent, is_fine(admin_client)) == (False, False)
    BounceMailbox.load().release()
    assert find(admin_client, "Rückläufer") is None
    assert is_fine(admin_client)


def test_fault_of_the_domain_is_one_task_for_who_may_see_mails(client, admin_client):
    DomainFinding.objects.replace(
        DomainFinding(subject=subject, state=state, text="…")
        for subject, state in [("SPF", "zu ändern"), ("DMARC", "zu ändern"), ("MX", "in Ordnung")]
    )

    line = find(admin_client, "kommen vielleicht nicht an")

    assert (line.text, line.url, line.is_urgent) == (
        "Mails kommen vielleicht nicht an: DMARC, SPF. Was einzutragen ist, steht auf der Seite "
        "dazu.",
        "/admin/registration/outgoingmail/domain/",
        False,
    )
    as_role(client, "Redaktion")
    assert find(client, "kommen vielleicht nicht an") is None


def test_refused_envelope_sender_is_told_until_it_is_taken(admin_client, settings):
    settings.BOUNCE_ADDRESS = "bounces@town.example"
    BounceMailbox.note_sender(is_taken=False)

    assert find(admin_client, "Rückläufer").text == (
        "Der Mailserver nimmt bounces@town.example nicht als Absender für Rückläufer an; was "
        "zurückkommt, landet beim Absender."
    )
    BounceMailbox.note_sender(is_taken=True)
    assert find(admin_client, "Rückläufer") is None
