"""The colleagues of the month: each has a browser and a mailbox, and does only what is offered.

They begin at the first page and go on by what they see; `steps` counts since then.
"""

import re
from io import BytesIO

from PIL import Image

from tests.e2e.conftest import SCREENSHOTS, WITH_SCREENSHOTS
from tests.e2e.month.person import Person
from tests.e2e.test_second_factor import code
from tests.mailbox import Mailbox

PICTURES = SCREENSHOTS / "handbuch"
WINDOW = {"width": 1120, "height": 760}
PASSWORD = "Ein-langes-Passwort-7"


class Colleague(Person):
    """Somebody at a desk, with a role or before the invitation."""

    def __init__(self, browser, url, address, smtp_server, complaints):
        super().__init__(browser, complaints, WINDOW)
        self.url, self.address, self.secret = url, address, ""
        self.mailbox = Mailbox(smtp_server, address)

    def region(self, name):
        """Return the part of the page under this heading."""
        return self.page.get_by_role("region", name=name)

    def lists(self, name):
        """Go to a list, from the foot of the first page."""
        self.follow(name, inside=self.page.get_by_role("navigation", name="Alle Listen"))

    def is_asked_to(self, button) -> bool:
        """Tell whether the first page has a task with this button."""
        self.sees_heading("Zu tun")
        return self.region("Zu tun").get_by_role("link", name=button, exact=True).count() > 0

    # Coming and going; none of this counts

    def starts(self):
        """Go to the first page, and log in where the session is over; count from here."""
        if self.page.url == "about:blank":
            self.page.goto(f"{self.url}/admin/")
        elif self.page.locator("#site-name a").count():
            self.page.locator("#site-name a").click()
        self.page.wait_for_load_state()
        if self.page.get_by_role("button", name="Anmelden", exact=True).count():
            self.logs_in()
        self.sees_heading("Verwaltung")
        self.steps = 0

    def logs_in(self, password=PASSWORD):
        self.page.get_by_label("Benutzername").fill(self.address)
        self.page.get_by_label("Passwort").first.fill(password)
        self.page.get_by_role("button", name="Anmelden", exact=True).click()
        if self.secret:
            self.page.get_by_label("Code aus der App").fill(code(self.secret))
            self.page.get_by_role("button", name="Weiter").click()

    def opens_mail(self):
        """Open the link of the newest mail; count from the page behind it."""
        link = self.mailbox.link("/admin/konto/")
        self.page.goto(link.replace("https://talks.example", self.url))
        self.steps = 0

    def sets_the_password(self, password=PASSWORD):
        self.fill("[name=new_password1]", password)
        self.fill("[name=new_password2]", password)
        self.press("Passwort festlegen")
        self.sees("Ihr Passwort gilt.")

    def photograph(self, name, *, top="#header", height=WINDOW["height"]):
        """Keep what the window shows from `top` on, in few colours: the file stays small."""
        if not WITH_SCREENSHOTS:
            return
        self.page.set_viewport_size(WINDOW | {"height": max(height, WINDOW["height"])})
        self.page.locator(top).first.evaluate("element => element.scrollIntoView()")
        PICTURES.mkdir(parents=True, exist_ok=True)
        shot = Image.open(BytesIO(self.page.screenshot(animations="disabled")))
        shot = shot.convert("RGB").crop((0, 0, shot.width, height))
        shot.quantize(128).save(PICTURES / f"{name}.png", optimize=True)
        self.page.set_viewport_size(WINDOW)


def number_of_people():
    """Return what matches the link from a talk's line to its people."""
    return re.compile(r"^\d+( von \d+)?$")
