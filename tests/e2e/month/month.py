"""The month of the organisers: its days, its mails, and how many steps each scene took."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO

from django.contrib.auth.models import User
from PIL import Image, ImageDraw

from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail
from tests.conftest import BERLIN
from tests.e2e.month.colleague import PASSWORD, Colleague
from tests.makers import make_registration, make_talk
from webtalks.management.commands.worker import DUTIES

TITLE = "Beispiel: „Wärme & Licht“ für die Altstadt"
ENTERED = datetime(2025, 11, 3, 10, 0, tzinfo=BERLIN)
DATE = datetime(2025, 12, 2, 10, 0, tzinfo=BERLIN)
NEW_DATE = DATE + timedelta(days=7)
# Who signs up, one each second day, and what they write of where they come from.
FIRST_NAMES = ["Alex", "Chris", "Dana", "Eike", "Luca", "Robin"]
PEOPLE = dict.fromkeys([f"{name} Muster" for name in FIRST_NAMES], "Stadt Musterstadt")
# The last town is one of two of this name.
PEOPLE |= {"Sascha Beispiel": "Stadt Beispielheim", "Toni Beispiel": "Rathaus Neustadt"}
EMAILS = [f"p{number}@stadt.example" for number in range(len(PEOPLE))]
# The one who mistypes the address.
MISTYPED = 5
UNKNOWN = "550 5.1.1 <p5@statd.example>: User unknown in virtual mailbox table"
# Talks of the year before: their months, and how many came.
EARLIER = {2: 3, 4: 6, 6: 4, 9: 7}
READERS = ["l0@leserin.example", "l1@leserin.example"]


class Month:
    """The desk, whoever works at it, and the time that goes by."""

    def __init__(self, browser, url, clock, smtp_server):
        self.browser, self.url, self.clock, self.smtp_server = browser, url, clock, smtp_server
        self.colleagues, self.guests, self.complaints, self.steps = [], [], [], {}

    def colleague(self, address) -> Colleague:
        at_desk = Colleague(self.browser, self.url, address, self.smtp_server, self.complaints)
        self.colleagues.append(at_desk)
        return at_desk

    def lead(self) -> Colleague:
        """Return whoever set the site up: the account is there with the site."""
        lead = self.colleague("leitung@reihe.example")
        names = {"first_name": "Lena", "last_name": "Leitung", "email": lead.address}
        User.objects.create_superuser(lead.address, password=PASSWORD, **names)
        return lead

    @contextmanager
    def scene(self, name, who) -> Iterator[None]:
        """Let somebody do one thing, from the first page on, and note how many steps it took."""
        who.starts()
        yield
        self.steps[name] = who.steps

    def comes_to(self, moment):
        """Let the time go by, and the worker do what is due then."""
        self.clock.move_to(moment)
        self.works()

    def works(self):
        for duty in DUTIES:
            duty()
        deliver_due()

    def sent_by(self, *deeds) -> list[str]:
        """Do this, let the mails go out, and return who got one."""
        self.smtp_server.messages.clear()
        for deed in deeds:
            deed()
        self.works()
        return self.recipients

    @property
    def recipients(self) -> list[str]:
        return sorted(mail.rcpt_tos[0] for mail in self.smtp_server.messages)

    def people_sign_up(self, talk):
        """Let somebody sign up each second day; one of them mistypes the address."""
        for number, (name, organisation) in enumerate(PEOPLE.items()):
            self.clock.move_to(ENTERED + timedelta(days=2 * number, hours=1))
            email = EMAILS[number]
            if number == MISTYPED:
                email = email.replace("stadt", "statd")
                self.smtp_server.answers["RCPT"].append(UNKNOWN)
            make_registration(talk, email=email, name=name, organisation=organisation)
            deliver_due()

    def the_year_before(self):
        """Let the series have a past, for the pictures: its names are gone already."""
        for number, (calendar_month, people) in enumerate(EARLIER.items(), start=1):
            starts_at = datetime(2024, calendar_month, 12, 10, 0, tzinfo=BERLIN)
            self.clock.move_to(starts_at - timedelta(days=7))
            title = f"Früherer Talk {number}"
            talk = make_talk(title=title, starts_at=starts_at, speaker=None, town=None)
            for person in range(people):
                make_registration(talk, email=f"f{person}@stadt.example", name="Vorjahr")
        self.clock.move_to(ENTERED)
        for duty in DUTIES:
            duty()
        OutgoingMail.objects.all().delete()

    def ends(self):
        for person in [*self.colleagues, *self.guests]:
            person.context.close()


def picture() -> dict:
    """Return a drawing of gables, as a form takes a file."""
    drawing = Image.new("RGB", (1200, 800), "#cfe3ea")
    pen = ImageDraw.Draw(drawing)
    for left, wall in ((80, "#e8b98a"), (450, "#f1dfb8"), (820, "#d99a83")):
        pen.polygon([(left, 420), (left + 150, 220), (left + 300, 420)], fill="#7a4a3a")
        pen.rectangle((left, 420, left + 300, 700), fill=wall)
    pen.rectangle((0, 700, 1200, 800), fill="#5d8a66")
    out = BytesIO()
    drawing.save(out, "PNG")
    return {"name": "Giebel.png", "mimeType": "image/png", "buffer": out.getvalue()}
