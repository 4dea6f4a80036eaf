"""Which mails offer to unsubscribe by one click, and what all say of themselves."""

import pytest

from registration.mail.deliver import render
from registration.models import OutgoingMail
from tests.registration.mail.every_kind import EVERY_KIND, Kind

pytestmark = [pytest.mark.once, pytest.mark.django_db]

# Of what somebody can do without and still have the seat (RFC 8058). Never of a mail that a
# person needs: a click in the mail program would take it from them.
CAN_BE_ENDED = {Kind.REMINDER_DAY, Kind.REMINDER_HOUR, Kind.NEWS, Kind.RECAP}
CAN_BE_ENDED |= {Kind.SPEAKER_REMINDER}
LIST_HEADERS = {"List-Unsubscribe", "List-Unsubscribe-Post"}


@pytest.mark.parametrize(("kind", "make"), EVERY_KIND)
def test_one_click_is_offered_where_it_belongs_and_nowhere_else(clock, kind, make):
    make(clock)
    mail = render(OutgoingMail.objects.filter(kind=kind).latest("pk")).message()

    names = {name for name in mail if name.startswith(("List-", "Precedence", "Feedback"))}
    assert names == (LIST_HEADERS if kind in CAN_BE_ENDED else set())
    assert mail.get_all("Auto-Submitted") == ["auto-generated"]


def test_every_kind_that_can_be_ended_is_tried():
    assert {param.values[0] for param in EVERY_KIND} >= CAN_BE_ENDED
