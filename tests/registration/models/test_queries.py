"""Rules about many registrations: which addresses work, and who was there."""

from datetime import timedelta

import pytest

from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_newest_mail_tells_whether_an_address_works(smtp_server):
    row = make_registration()
    smtp_server.answers["RCPT"] = ["550 no such user"]
    deliver_due()

    def told():
        return {
            (found.pk, found.is_undeliverable) for found in Registration.objects.with_mails()
        }, list(Registration.objects.undeliverable())

    assert told() == ({(row.pk, True)}, [row])
    OutgoingMail.objects.get().resend()
    deliver_due()
    assert told() == ({(row.pk, False)}, [])


def test_attendance_is_noted_once_the_room_is_open(clock):
    talk = make_talk(capacity=1)
    seated = make_registration(talk)
    make_registration(talk, email="lea@stadt.example")
    people = Registration.objects.in_talk(talk)

    assert people.mark_present() == []
    clock.move_to(talk.starts_at - timedelta(minutes=15))
    assert [people.mark_present(), people.mark_present()] == [[seated], []]
    assert [row.attended for row in people.order_by("pk")] == [True, False]
    assert [people.take_back_marks(), people.take_back_marks()] == [[seated], []]
    assert [row.attended for row in people] == [False, False]
