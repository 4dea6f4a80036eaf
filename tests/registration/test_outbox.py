import itertools
import socketserver
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import mailers
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from events.models import Talk
from registration import delivery
from registration.delivery import Outcome, deliver_due
from registration.models import OutgoingMail, Registration
from registration.outbox import LEASE
from tests.makers import make_registration, make_talk

pytestmark = pytest.mark.django_db


def state_of(mail):
    mail.refresh_from_db()
    return mail.state, mail.attempts, mail.recipient, mail.last_error


def queue(*names):
    talk = make_talk()
    for name in names:
        make_registration(talk, email=f"{name}@stadt.example")
    return list(OutgoingMail.objects.order_by("pk"))


def test_due_mail_is_sent_once_and_forgets_the_address(smtp_server):
    (mail,) = queue("kim")

    outcomes = [deliver_due(), deliver_due()]

    assert outcomes == [[Outcome.SENT], []]
    assert state_of(mail) == ("sent", 1, "", "")
    assert [envelope.rcpt_tos for envelope in smtp_server.messages] == [["kim@stadt.example"]]
    assert mail.message_id.encode() in smtp_server.messages[0].content


def test_one_connection_serves_many_mails(smtp_server):
    queue("a", "b", "c")

    assert deliver_due() == [Outcome.SENT] * 3
    assert [envelope.rcpt_tos[0][0] for envelope in smtp_server.messages] == ["a", "b", "c"]


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["421 later", "450 grey", "451 grey", "452 full"])
def test_temporary_refusal_is_tried_again_later(smtp_server, clock, step, answer):
    (mail,) = queue("kim")
    smtp_server.answers[step] = [answer]

    assert deliver_due() == [Outcome.RETRY]
    state, attempts, recipient, error = state_of(mail)
    assert (state, attempts, recipient) == ("queued", 1, "kim@stadt.example")
    assert error.startswith(answer[:3])

    assert deliver_due() == []
    clock.shift(timedelta(seconds=61))
    assert deliver_due() == [Outcome.SENT]
    assert state_of(mail) == ("sent", 2, "", "")


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_final_refusal_shows_with_its_address(smtp_server, step):
    (mail,) = queue("kim")
    smtp_server.answers[step] = ["550 no such user"]

    assert deliver_due() == [Outcome.FAILED]
    assert state_of(mail) == ("failed", 0, "kim@stadt.example", "550 no such user")


def test_refused_sender_pauses_the_queue(smtp_server):
    first, second = queue("a", "b")
    smtp_server.answers["MAIL"] = ["550 you may not send"]

    assert deliver_due() == [Outcome.PAUSED]
    assert state_of(first)[:3] == ("queued", 0, "a@stadt.example")
    assert "you may not send" in state_of(first)[3]
    assert state_of(second) == ("queued", 0, "b@stadt.example", "")
    assert deliver_due() == [Outcome.SENT, Outcome.SENT]


def test_server_that_is_away_pauses_and_costs_no_attempt(smtp_server):
    (mail,) = queue("kim")
    smtp_server.stop()

    for _ in range(3):
        assert deliver_due() == [Outcome.PAUSED]

    assert state_of(mail)[:3] == ("queued", 0, "kim@stadt.example")
    smtp_server.start()
    assert deliver_due() == [Outcome.SENT]


def test_temporary_refusals_never_lose_a_mail_before_the_talk_is_over(smtp_server, clock):
    (mail,) = queue("kim")
    smtp_server.answers["RCPT"] = ["450 grey"] * 30
    pauses = []
    for _ in range(9):
        assert deliver_due() == [Outcome.RETRY]
        mail.refresh_from_db()
        pauses.append((mail.not_before - timezone.now()).total_seconds() / 60)
        clock.move_to(mail.not_before)
    assert pauses == [1, 4, 16, 64, 256, 1024, 1440, 1440, 1440]

    clock.shift(timedelta(days=30))
    assert deliver_due() == [Outcome.OBSOLETE]


def test_one_bad_row_does_not_stop_the_queue(smtp_server):
    bad, good = queue("a", "b")
    OutgoingMail.objects.filter(pk=bad.pk).update(kind="no such kind")

    assert deliver_due() == [Outcome.RETRY, Outcome.SENT]
    assert state_of(bad)[:2] == ("queued", 1)
    assert state_of(good)[0] == "sent"


def test_address_that_cannot_be_written_is_final(smtp_server):
    bad, good = queue("a", "b")
    bad_address = {"email": "a\nb@stadt.example", "email_key": "a\nb@stadt.example"}
    Registration.objects.filter(email="a@stadt.example").update(**bad_address)
    OutgoingMail.objects.filter(pk=bad.pk).update(recipient="a\nb@stadt.example")

    assert deliver_due() == [Outcome.FAILED, Outcome.SENT]
    assert state_of(good)[0] == "sent"


def test_mail_whose_key_has_changed_goes_to_nobody(smtp_server):
    (mail,) = queue("kim")
    Registration.objects.update(key="another-key")

    assert deliver_due() == [Outcome.OBSOLETE]
    assert state_of(mail) == ("obsolete", 0, "", "")
    assert smtp_server.messages == []


def test_confirmation_overtaken_by_a_cancellation_is_obsolete(smtp_server):
    row = make_registration()
    row.cancel()

    assert deliver_due() == [Outcome.OBSOLETE, Outcome.SENT]
    assert [b"Abgemeldet" in message.content for message in smtp_server.messages] == [True]


def test_text_is_rendered_when_sent(smtp_server):
    row = make_registration()
    talk = row.talk
    talk.title = "Jetzt ganz anders"
    talk.save()

    deliver_due()

    assert b"Jetzt ganz anders" in smtp_server.messages[0].content


def test_leased_mail_belongs_to_its_worker_until_the_lease_ends(smtp_server, clock):
    (mail,) = queue("kim")
    dead_worker = OutgoingMail.objects.claim()

    assert deliver_due() == []
    clock.shift(LEASE + timedelta(seconds=1))
    assert deliver_due() == [Outcome.SENT]

    # The first worker wakes up: what it writes no longer counts.
    delivery._close(dead_worker, Outcome.FAILED, "too late")
    assert state_of(mail) == ("sent", 1, "", "")


def test_claim_takes_the_most_urgent_first(clock):
    first, second, third = queue("a", "b", "c")
    OutgoingMail.objects.filter(pk=first.pk).update(priority=11)
    OutgoingMail.objects.filter(pk=third.pk).update(
        not_before=timezone.now() - timedelta(seconds=5)
    )

    claimed = [OutgoingMail.objects.claim() for _ in range(4)]

    assert claimed == [third, second, first, None]


@pytest.mark.usefixtures("clock")
def test_claim_takes_exactly_what_is_due():
    second = timedelta(seconds=1)
    moments = (-second, timedelta(0), second)
    cases = itertools.product(OutgoingMail.State, moments, (None, *moments))
    now = timezone.now()
    for state, not_before, lease in cases:
        mail = queue("kim")[-1]
        lease_until = None if lease is None else now + lease
        OutgoingMail.objects.filter(pk=mail.pk).update(
            state=state, not_before=now + not_before, lease_until=lease_until
        )
    due = {*OutgoingMail.objects.due()}

    claimed = {*iter(OutgoingMail.objects.claim, None)}

    assert claimed == due
    assert 0 < len(due) < OutgoingMail.objects.count()


def test_empty_outbox_is_looked_at_without_a_transaction(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert OutgoingMail.objects.claim() is None


def test_no_transaction_is_open_while_sending(transactional_db, smtp_server):
    queue("kim")
    seen = []
    mailer = mailers.default
    send = mailer.send_messages

    def watch(messages):
        seen.append(connection.in_atomic_block)
        return send(messages)

    mailer.send_messages = watch
    deliver_due(mailer)

    assert seen == [False]


def test_resend_reaches_the_present_address(smtp_server):
    (mail,) = queue("kim")
    deliver_due()
    Registration.objects.update(email="neu@stadt.example", email_key="neu@stadt.example")

    again = mail.resend()

    assert deliver_due() == [Outcome.SENT]
    assert smtp_server.messages[1].rcpt_tos == ["neu@stadt.example"]
    assert again.message_id != mail.message_id


def test_waiting_mail_is_not_resent():
    (mail,) = queue("kim")

    assert mail.resend() is None
    assert OutgoingMail.objects.count() == 1


def test_mail_is_sent_again_as_often_as_the_organiser_wants(smtp_server):
    (mail,) = queue("kim")
    deliver_due()

    for count in (2, 3):
        assert mail.resend() is not None
        assert mail.resend() is None  # a double click
        deliver_due()
        assert len(smtp_server.messages) == count


def test_cancellation_of_who_has_come_back_is_not_sent(smtp_server, clock):
    row = make_registration()
    deliver_due()
    row.cancel()
    smtp_server.answers["RCPT"] = ["451 grey"]
    deliver_due()
    make_registration(row.talk)
    clock.shift(timedelta(hours=1))

    assert deliver_due() == [Outcome.SENT, Outcome.OBSOLETE]
    assert [b"Abgemeldet" in message.content for message in smtp_server.messages] == [False] * 2


def test_link_belongs_to_the_talk_that_ends_last(clock):
    later, sooner = make_talk(starts_in=timedelta(days=60)), make_talk(title="Bald")
    rows = Registration.objects.sign_up([later, sooner], name="Kim", email="kim@stadt.example")

    mail = OutgoingMail.objects.get()
    assert mail.registration_key == next(row.key for row in rows if row.talk == later)

    next(row for row in rows if row.talk == sooner).anonymise()
    mail.refresh_from_db()
    assert (mail.state, mail.recipient) == ("queued", "kim@stadt.example")


def test_forgotten_person_stands_in_no_error_text(smtp_server):
    row = make_registration()
    smtp_server.answers["RCPT"] = ["550 <kim@stadt.example> unknown"]
    deliver_due()

    row.anonymise()

    assert OutgoingMail.objects.values_list("recipient", "registration_key", "last_error")[0] == (
        "",
        "",
        "",
    )


def test_mail_names_talks_booked_under_another_spelling(smtp_server):
    first, second = make_talk(title="Erster"), make_talk(title="Zweiter")
    make_registration(first, email="Kim@stadt.example")
    Registration.objects.sign_up([first, second], name="Kim", email="kim@stadt.example")

    deliver_due()

    assert b"2 Web-Talks" in smtp_server.messages[1].content


@pytest.mark.parametrize(
    "change", [{"status": "cancelled"}, {"status": "postponed"}, {"status": "draft"}]
)
def test_nobody_is_invited_to_a_talk_that_does_not_take_place(smtp_server, change):
    row = make_registration()
    Talk.objects.filter(pk=row.talk_id).update(**change)

    assert deliver_due() == [Outcome.OBSOLETE]


@pytest.mark.parametrize("user", ["nutzer:pässwort", "nützer:x"])
def test_log_in_that_cannot_be_sent_pauses_the_queue(smtp_server, settings, user):
    (mail,) = queue("kim")
    name, password = user.split(":")
    settings.MAILERS["default"]["OPTIONS"] |= {"username": name, "password": password}

    assert deliver_due() == [Outcome.PAUSED]
    assert state_of(mail)[:2] == ("queued", 0)
    assert OutgoingMail.objects.due().exists()


class Refusal(socketserver.StreamRequestHandler):
    """A mail server that greets and then wants nothing to do with us."""

    def handle(self):
        self.wfile.write(b"220 hello\r\n")
        while self.rfile.readline():
            self.wfile.write(b"550 go away\r\n")


def test_server_that_refuses_our_greeting_pauses_the_queue(settings, clock):
    (mail,) = queue("kim")
    with socketserver.TCPServer(("127.0.0.1", 0), Refusal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": server.server_address[1], "timeout": 5},
            }
        }
        outcomes = deliver_due()
        server.shutdown()

    assert outcomes == [Outcome.PAUSED]
    assert state_of(mail)[:2] == ("queued", 0)


# Held


def test_held_mail_is_not_claimed_and_goes_out_once_released():
    make_registration()
    mail = OutgoingMail.objects.claim()

    assert OutgoingMail.objects.hold() == 1
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert OutgoingMail.objects.claim() is None
    assert OutgoingMail.objects.release() == 1
    assert OutgoingMail.objects.claim() == mail
    assert OutgoingMail.objects.release() == 0


def test_held_mail_goes_with_the_person():
    row = make_registration()
    OutgoingMail.objects.hold()

    Registration.objects.get(pk=row.pk).anonymise()

    assert list(OutgoingMail.objects.values_list("state", "recipient")) == [("obsolete", "")]


def test_mail_is_not_sent_again_while_its_copy_is_held():
    make_registration()
    deliver_due()
    mail = OutgoingMail.objects.get()
    mail.resend()
    OutgoingMail.objects.hold()

    assert mail.resend() is None


def test_held_mails_are_listed_and_released_by_kind(capsys):
    make_registration()
    make_registration(make_talk(title="Zwei", double_opt_in=True), email="b@stadt.example")
    OutgoingMail.objects.hold()

    call_command("release_mails")
    *listed, last = capsys.readouterr().out.splitlines()
    assert [line.split()[2:] for line in listed] == [
        ["signed_up", "kim@stadt.example"],
        ["please_confirm", "b@stadt.example"],
    ]
    assert last == "Zurückgehalten: 2. Freigeben mit --all oder --kind."
    call_command("release_mails", kind="signed_up")
    call_command("release_mails", "--all")
    call_command("release_mails", "--all")
    assert capsys.readouterr().out.splitlines() == [
        "Freigegeben: 1.",
        "Freigegeben: 1.",
        "Freigegeben: 0.",
    ]
