"""Who is no organiser: somebody with a phone, who has signed up or was handed a certificate.

They come by a mail's link or by an address that is printed or shown; from there on `steps`
counts.
"""

import re

from tests.e2e.month.person import Person
from tests.mailbox import Mailbox

PHONE = {"width": 390, "height": 844}


class Guest(Person):
    """Somebody with a phone and, where `address` is one, a mailbox."""

    def __init__(self, month, address=""):
        super().__init__(month.browser, month.complaints, PHONE)
        self.month = month
        month.guests.append(self)
        self.mailbox = Mailbox(month.smtp_server, address)

    def types(self, address):
        """Open an address that stands on paper or on a screen, without its scheme."""
        self.page.goto(re.sub("^(http://)?", "http://", address.strip()))
        self.steps = 0

    def opens_mail(self, path, *, message=-1):
        """Open the link below `path` of the newest mail, or of another one."""
        self.page.goto(self.mailbox.link(path, message=message))
        self.steps = 0

    def leaves(self):
        self.context.close()
