"""An address that is refused for good costs the mail, and nothing else."""

import pytest
from django.contrib import admin

from registration.invariants import violations
from registration.mail.deliver import LAST_MAIL_REFUSED, Outcome, deliver_due
from registration.models import OutgoingMail, Registration
from tests.registration.mail.few_kinds import KINDS
from tests.registration.rows import all_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


REFUSED = "550 no such user"


def all_but_mails() -> dict:
    """Return all rows but mails, without what mails that arrived have told."""
    rows = all_rows(OutgoingMail)
    for row in rows[Registration._meta.label]:
        for name in Registration.TOLD:
            del row[name]
    return rows


def shown_after(mail, recipient) -> tuple:
    """Return state, address and error: nobody could correct who is gone, or was never there."""
    if mail.is_to_new_address:
        return "obsolete", "", ""
    return ("failed", "", LAST_MAIL_REFUSED) if mail.is_last else ("failed", recipient, REFUSED)


@pytest.mark.once
@pytest.mark.parametrize(("kind", "make"), KINDS)
def test_address_that_bounces_for_good_costs_the_mail_alone(
    rf, admin_user, clock, smtp_server, kind, make
):
    make(clock)
    due = list(OutgoingMail.objects.due().order_by("priority", "not_before", "pk"))
    mail = next(mail for mail in reversed(due) if mail.kind == kind)
    recipient = mail.recipient
    # The others get their invitation.
    Registration.objects.exclude(email_key=recipient).fix_organizer("webtalks@testserver")
    before = all_but_mails()
    smtp_server.answers["RCPT"] = ["250 OK"] * due.index(mail) + [REFUSED]

    outcomes = deliver_due()

    assert outcomes == [Outcome.FAILED if sent == mail else Outcome.SENT for sent in due]
    assert all_but_mails() == before
    assert list(violations()) == []
    mail.refresh_from_db()
    assert (mail.state, mail.recipient, mail.last_error) == shown_after(mail, recipient)
    assert deliver_due() == []
    request = rf.get("/", {"state__exact": "failed"})
    request.user = admin_user
    page = admin.site.get_model_admin(OutgoingMail).get_changelist_instance(request)
    refused = [each for each in page.result_list if each.bounced_at is None]
    assert refused == [mail] * (mail.state == "failed")
