"""A mail gateway with a real browser opens every link of every mail and runs its scripts."""

from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Error

from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail
from tests.mailbox import links
from tests.registration.mail.every_kind import EVERY_KIND
from tests.registration.rows import all_rows

# Where slides and rooms lie that are not on the site.
ELSEWHERE = {"https://folien.example/", "https://meet.example/probe"}


def open_as_scanner(page, link):
    """Open the link and let scripts run; a file is a download, which a browser only begins."""
    try:
        page.goto(link, wait_until="load")
    except Error as error:
        if "Download is starting" not in str(error):
            raise


@pytest.fixture
def page(browser):
    context = browser.new_context(locale="de-DE")
    yield context.new_page()
    context.close()


def test_browser_that_opens_every_link_of_every_mail_changes_nothing(
    own_url, clock, smtp_server, page
):
    opened = {}
    for case in EVERY_KIND:
        kind, make = case.values
        make(clock)
        mail = OutgoingMail.objects.filter(kind=kind).latest("pk")
        deliver_due()
        (message,) = (
            found
            for envelope in smtp_server.messages
            if (found := message_from_bytes(envelope.content, policy=policy.default))["Message-ID"]
            == mail.message_id
        )
        before = all_rows()
        opened[case.id] = sorted(set(links(message)) - ELSEWHERE)
        for link in opened[case.id]:
            open_as_scanner(page, link)
        assert (case.id, all_rows()) == (case.id, before)

    assert all(len(found) > 2 for found in opened.values())
    assert all(link.startswith(own_url) for found in opened.values() for link in found)
