"""The bounce mailbox on a real IMAP server: what is ours goes, everything else stays as it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Series
from registration.mail.bounces import reading
from registration.models import BounceMailbox, OutgoingMail
from tests.foreign.debian import wait_for
from tests.foreign.dovecot import dovecot, holiday_note, letter, make_certificate, report
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db]

UNREAD = "Das Postfach für Rückläufer lässt sich nicht lesen: "


@pytest.fixture
def mailbox(settings, monkeypatch):
    """Run the server, and let the site read its mailbox."""
    with dovecot() as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.directory / "cert.pem"))
        settings.BOUNCE_URL, settings.BOUNCE_ADDRESS = server.url(), "rueck@stadt.example"
        yield server


def make_mails(number=1) -> list[OutgoingMail]:
    """Make mails of ours that went out, each to somebody else."""
    talk = make_talk()
    for each in range(number):
        make_registration(talk, email=f"kim{each}@stadt.example")
    OutgoingMail.objects.update(state="sent", sent_at=timezone.now(), recipient="")
    return list(OutgoingMail.objects.order_by("pk"))


def bounced() -> list[int]:
    """Return the mails that came back."""
    came_back = OutgoingMail.objects.exclude(bounced_at=None)
    return list(came_back.order_by("pk").values_list("pk", flat=True))


def state() -> tuple[int, int, str]:
    """Return how far the mailbox was read, what was left alone, and the trouble."""
    row = BounceMailbox.load()
    return row.last_uid, row.left_alone, row.trouble


def test_exactly_ours_are_removed_and_the_rest_is_untouched(mailbox):
    failed, delayed, away = make_mails(3)
    mailbox.deliver(
        letter(1),
        report(failed.message_id, number=1),
        letter(2),
        report(delayed.message_id, number=2, status="4.4.1", action="delayed"),
        report("<somebody@else.example>", number=3),
        holiday_note(away.message_id, number=1),
        holiday_note("<somebody@else.example>", number=2),
        b"\xff\xfe no mail\r\n\r\n\x00",
        letter(3),
    )
    with mailbox.asked() as client:  # the town hall has read one letter, and marked another
        client.store("1", "+FLAGS", r"(\Seen \Flagged)")
        client.store("9", "+FLAGS", r"(\Deleted)")
    before = mailbox.contents()

    reading.read_mailbox()

    ours = {b"<report-1@mx.example>", b"<report-2@mx.example>", b"<holiday-1@stadt.example>"}
    assert mailbox.contents() == {name: before[name] for name in before.keys() - ours}
    assert before[b"<letter-1@stadt.example>"] == [b"\\Flagged", b"\\Seen"]
    assert before[b"<letter-3@stadt.example>"] == [b"\\Deleted"]
    assert bounced() == [failed.pk]
    assert state() == (9, 6, "")
    reading.read_mailbox()
    assert (state(), bounced()) == ((9, 6, ""), [failed.pk])


def test_mailbox_that_was_made_anew_is_read_from_its_beginning(mailbox):
    (mail,) = make_mails()
    mailbox.deliver(letter(1), letter(2))
    reading.read_mailbox()
    BounceMailbox.objects.update(uid_validity=1, last_uid=4711)
    mailbox.deliver(report(mail.message_id))

    reading.read_mailbox()

    assert (bounced(), state()) == ([mail.pk], (3, 4, ""))


def test_mailbox_with_a_name_and_starttls_is_read(mailbox, settings):
    (mail,) = make_mails()
    with mailbox.asked() as client:
        client.create('"R&APw-ckl&AOQ-ufer &- mehr"')
        client.append('"R&APw-ckl&AOQ-ufer &- mehr"', None, None, report(mail.message_id))
    settings.BOUNCE_URL = mailbox.url("imap+starttls", name="/R%C3%BCckl%C3%A4ufer%20%26%20mehr")

    reading.read_mailbox()

    assert (bounced(), state()) == ([mail.pk], (1, 0, ""))


def test_huge_mail_is_read_in_part_and_left_alone(mailbox):
    (mail,) = make_mails()
    huge = letter(1) + b"x" * 76 + b"\n"
    mailbox.deliver(huge + (b"x" * 76 + b"\n") * 680_000, report(mail.message_id))

    reading.read_mailbox()

    assert list(mailbox.contents().values()) == [[]]
    assert (bounced(), state()) == ([mail.pk], (2, 1, ""))


@pytest.mark.parametrize("number", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_full_mailbox_is_read_in_pieces(mailbox, monkeypatch, number):
    """A reading ends in time, and the next goes on from there."""
    first, last = make_mails(2)
    letters = [letter(each) for each in range(number - 2)]
    mailbox.deliver(report(first.message_id), *letters, report(last.message_id, number=2))
    monkeypatch.setattr(reading, "LONGEST_READING", number / 5_000)

    reading.read_mailbox()
    after_first = state()
    assert (after_first[0] < number, bounced()) == (True, [first.pk])
    for _ in range(90):
        reading.read_mailbox()
        if bounced() == [first.pk, last.pk]:
            break

    assert (state(), bounced()) == ((number, number - 2, ""), [first.pk, last.pk])
    assert set(map(tuple, mailbox.contents().values())) == {()}


def test_two_workers_read_one_after_the_other(mailbox):
    (mail,) = make_mails()
    mailbox.deliver(report(mail.message_id))
    assert BounceMailbox.lease()

    reading.read_mailbox()
    assert bounced() == []
    BounceMailbox.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    reading.read_mailbox()

    assert bounced() == [mail.pk]


@pytest.mark.parametrize(
    ("address", "user"),
    [
        ("Rueck@stadt.example", "u4711"),
        ("rueck+antwort@stadt.example", "u4711"),
        ("amt@stadt.example", "amt@stadt.example"),
        ("amt@localhost", "amt"),
    ],
)
def test_mailbox_for_people_is_not_even_opened(mailbox, settings, address, user):
    Series.objects.create(contact_email=address)
    (mail,) = make_mails()
    mailbox.deliver(report(mail.message_id))
    settings.BOUNCE_URL = mailbox.url(user=user)

    reading.read_mailbox()

    why = f"Es gehört zu {address}, und dort kommen auch Antworten an. Es bleibt unberührt."
    assert (bounced(), state()) == ([], (0, 0, UNREAD + why))
    assert len(mailbox.contents()) == 1


def test_what_stands_in_the_way_is_said_until_it_is_gone(mailbox, settings, monkeypatch):
    (mail,) = make_mails()
    mailbox.deliver(report(mail.message_id))
    troubles = {
        mailbox.url(password="neu"): (
            "localhost lehnt die Anmeldung ab. Stimmen Nutzer und Passwort in BOUNCE_URL?"
        ),
        mailbox.url(name="/Nirgends"): "Ein Postfach „Nirgends“ gibt es dort nicht.",
        mailbox.url().replace("localhost", "127.0.0.1"): (
            "Das Zertifikat von 127.0.0.1 gilt nicht."
        ),
        mailbox.url().replace(str(mailbox.encrypted), "1"): "localhost ist nicht zu erreichen.",
    }
    for url, why in troubles.items():
        settings.BOUNCE_URL = url
        reading.read_mailbox()
        assert (bounced(), state()) == ([], (0, 0, UNREAD + why))
        assert BounceMailbox.load().read_at is None

    settings.BOUNCE_URL = mailbox.url()
    reading.read_mailbox()
    assert (bounced(), state()) == ([mail.pk], (1, 0, ""))


def test_certificate_of_somebody_else_is_refused_before_the_password(mailbox, monkeypatch):
    other = mailbox.directory / "other"
    other.mkdir()
    make_certificate(other)
    monkeypatch.setenv("SSL_CERT_FILE", str(other / "cert.pem"))

    reading.read_mailbox()

    assert state()[2] == f"{UNREAD}Das Zertifikat von localhost gilt nicht."
    log = mailbox.directory / "log"
    wait_for(lambda: "alert unknown ca" in log.read_text())
    assert "user=<rueck" not in log.read_text()


def test_server_that_removes_no_single_mail_keeps_all(settings, monkeypatch):
    """EXPUNGE without UIDPLUS would remove what others have marked."""
    without = "imap_capability = IMAP4rev1 AUTH=PLAIN\n"
    (mail,) = make_mails()
    with dovecot(without) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.directory / "cert.pem"))
        settings.BOUNCE_URL, settings.BOUNCE_ADDRESS = server.url(), "rueck@stadt.example"
        server.deliver(report(mail.message_id), letter(1))

        reading.read_mailbox()

        assert list(server.contents().values()) == [[], []]
    assert (bounced(), state()) == ([mail.pk], (2, 1, reading.LEFT_LYING))
    assert BounceMailbox.load().read_at is not None
