"""No mail holds an address for longer than it needs it."""

from datetime import timedelta

import pytest

from registration.mail.deliver import deliver_due
from registration.models import Interest, OutgoingMail, Registration
from registration.privacy.retention import carry_out
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize("state", ["failed", "queued", "obsolete"])
def test_mail_that_is_not_delivered_keeps_its_address_for_thirty_days(clock, state):
    make_registration(make_talk(starts_in=timedelta(days=90)))
    OutgoingMail.objects.update(state=state, last_error="550 <kim@stadt.example>", note="Kim")
    clock.shift(timedelta(days=30))
    carry_out()
    assert OutgoingMail.objects.get().recipient == "kim@stadt.example"

    clock.shift(1)
    carry_out()
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.registration_key, mail.last_error, mail.note) == ("",) * 4
    assert mail.state == {"queued": "obsolete"}.get(state, state)


def test_sent_mail_keeps_no_address_and_no_word(smtp_server):
    make_registration().hand_over(name="Lea", email="lea@stadt.example")

    deliver_due()

    kept = OutgoingMail.objects.exclude(state="obsolete")
    assert len(smtp_server.messages) == kept.count() == 2
    assert set(kept.values_list("state", "recipient", "note", "last_error")) == {
        ("sent", "", "", "")
    }


def test_refused_last_mail_does_not_quote_the_address(smtp_server):
    make_registration()
    deliver_due()
    Registration.objects.erase_person("kim@stadt.example")
    smtp_server.answers["RCPT"] = ["550 <kim@stadt.example>: unknown"]

    assert deliver_due() == ["failed"]

    assert "kim@" not in repr(list(OutgoingMail.objects.values()))


def test_interest_whose_question_was_refused_goes_with_its_address(smtp_server, clock):
    smtp_server.answers["RCPT"] = ["550 <kim@stadt.example> unknown"]
    Interest.objects.ask("kim@stadt.example")
    assert deliver_due() == ["failed"]
    clock.shift(timedelta(days=400))

    carry_out()

    assert not Interest.objects.exists()
    assert "kim@" not in repr([*OutgoingMail.objects.values()])
