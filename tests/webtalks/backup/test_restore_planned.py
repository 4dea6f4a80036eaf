"""A planned message, in a backup from before its time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registration.models import OutgoingMail
from registration.models.mails import organiser_message
from tests.makers import make_message, make_registration, make_talk
from webtalks.backup.restore import _hold_mails

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("hours", "state"), [(1, "held"), (3, None)])
def test_message_that_has_gone_out_since_is_held(clock, hours, state):
    """The site that was lost may have sent it; one whose time is still to come waits for it."""
    talk = make_talk()
    make_registration(talk)
    message = make_message(talk)
    message.plan(timezone.now() + timedelta(hours=hours))

    clock.shift(timedelta(hours=2))
    _hold_mails()

    assert organiser_message.release_due() == 0
    mail = OutgoingMail.objects.filter(organiser_message=message).first()
    assert (mail and mail.state) == state
