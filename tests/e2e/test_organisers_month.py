"""An organiser's month: a talk from its entry to the numbers for the funder.

It is published, fills, its people are written to, it is moved, who was there is read in. The
pictures are those of docs/handbuch.md; `make handbook` puts them there.
"""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Group, User
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from events.models import Municipality, Talk, Topic
from registration.mail.deliver import deliver_due
from registration.models.heartbeat import beat
from tests.conftest import BERLIN
from tests.e2e.conftest import SCREENSHOTS, WITH_SCREENSHOTS, listen
from tests.makers import make_groups, make_registration
from tests.registration.desk.figures.sheets import read_xlsx

PICTURES = SCREENSHOTS / "handbuch"
WINDOW = {"width": 1120, "height": 760}
TITLE = "Beispiel: „Wärme & Licht“ für die Altstadt"
ENTERED = datetime(2025, 11, 3, 10, 0, tzinfo=BERLIN)
DATE = datetime(2025, 12, 2, 10, 0, tzinfo=BERLIN)
NEW_DATE = DATE + timedelta(days=7)
PASSWORD = "Ein-langes-Passwort-7"
ADDRESS = "orga@reihe.example"
# Who signs up, one each second day, and where they come from.
FIRST_NAMES = ["Alex", "Chris", "Dana", "Eike", "Luca", "Robin"]
PEOPLE = dict.fromkeys([f"{name} Muster" for name in FIRST_NAMES], "Musterstadt") | dict.fromkeys(
    ["Sascha Beispiel", "Toni Beispiel"], "Beispielheim"
)
EMAILS = [f"p{number}@stadt.example" for number in range(len(PEOPLE))]
SUBJECT = "Eine Bitte zu {titel}"
TEXT = """Guten Tag {name},

am {termin} geht es um Wärme und Licht in der Altstadt.
Halten Sie gern ein Foto Ihres Marktplatzes bereit.

Bis dahin!"""
# Known by the address, by the name, by the name beside a nickname; the first has come by the
# way in of the site, the last is nobody who has signed up.
ZOOM = """Meeting-ID,Thema,Startzeit,Benutzer-E-Mail,Dauer (Minuten)
812 3456,"Wärme & Licht",09.12.2025 10:00,host@reihe.example,61

Name (ursprünglicher Name),Benutzer-E-Mail,Beitrittszeit,Austrittszeit,Gast
A. Muster,p0@stadt.example,10:00,10:59,Ja
Chris,P1@Stadt.example,10:01,10:58,Ja
"Muster, Dana",,10:01,10:58,Ja
Bürgerbüro (Eike Muster),,10:02,10:59,Ja
Telefon 3,,10:04,10:31,Ja
"""


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


class Organiser:
    """Somebody of the groups Redaktion and Teilnehmende, at a desk."""

    def __init__(self, browser, url, clock):
        self.url, self.clock, self.complaints = url, clock, []
        make_groups()
        user = User.objects.create_user("orga", ADDRESS, PASSWORD, is_staff=True)
        user.groups.set(Group.objects.filter(name__in=["Redaktion", "Teilnehmende"]))
        self.context = browser.new_context(locale="de-DE", viewport=WINDOW, color_scheme="light")
        self.page = self.context.new_page()
        listen(self.page, self.complaints, expected="status of 404")

    def comes_back(self, moment):
        """Log in at this moment; the session of the day before is over."""
        self.clock.move_to(moment)
        beat()
        self.context.clear_cookies()
        self.page.goto(f"{self.url}/admin/")
        self.page.get_by_label("Benutzername").fill("orga")
        self.page.get_by_label("Passwort").fill(PASSWORD)
        self.page.get_by_role("button", name="Anmelden").click()
        expect(self.page.get_by_role("heading", name="Verwaltung")).to_be_visible()

    def fill_date(self, day):
        self.page.locator("[name=starts_at_0]").fill(f"{day:%d.%m.%Y}")
        self.page.locator("[name=starts_at_1]").fill("10 Uhr")

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).first.click()

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

    def opens_the_list(self):
        """Go to the people of the talk, as one does: by the first page and the talk."""
        self.page.goto(f"{self.url}/admin/")
        self.page.get_by_role("link", name=TITLE).first.click()
        self.page.get_by_role("link", name="Anmeldungen (8)").click()
        expect(self.page.locator("#result_list tbody tr")).to_have_count(8)

    def downloads(self, locator) -> dict:
        """Click, and read the workbook that comes."""
        with self.page.expect_download() as download:
            locator.click()
        return read_xlsx(download.value.path().read_bytes())


@pytest.fixture
def organiser(browser, own_url, settings, clock):
    Municipality.objects.create(name="Musterstadt", land="Niedersachsen", population=4_200)
    Municipality.objects.create(name="Beispielheim", land="Hessen", population=9_800)
    Topic.objects.create(name="Wohnen & Leben")
    # What the mails in the pictures lead to.
    settings.SITE_URL = "https://talks.example"
    organiser = Organiser(browser, own_url, clock)
    yield organiser
    # Before the server ends: it must not wait for a browser that keeps its connections.
    organiser.context.close()


def enter_the_talk(organiser):
    """Fill in the form with a picture, look at the preview, publish."""
    page = organiser.page
    page.get_by_role("link", name="Neuer Talk").click()
    page.get_by_label("Titel").first.fill(TITLE)
    page.get_by_label("Ankündigung").fill(
        "Hier steht, worum es geht: zwei oder drei kurze Absätze."
    )
    page.get_by_label("Wohnen & Leben").check()
    organiser.fill_date(DATE)
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("Muster")
    page.get_by_role("option", name="Musterstadt (Niedersachsen)").click()
    page.locator("[name=speakers-0-name]").fill("Kim Beispiel")
    page.locator("[name=speakers-0-role]").fill("Bürgermeisterin der Stadt Musterstadt")
    page.locator("[name=image]").set_input_files(picture())
    page.get_by_label("Alternativtext").fill("Drei gezeichnete Giebel")
    page.get_by_label("Bildnachweis").fill("© Stadt Musterstadt")
    organiser.press("Sichern")
    expect(page.locator(".messagelist .success")).to_be_visible()
    organiser.photograph("talk-eintragen")
    with organiser.context.expect_page() as tab:
        page.get_by_role("link", name="Vorschau", exact=True).click()
    organiser.page = tab.value
    expect(organiser.page.get_by_text("noch nicht veröffentlicht")).to_be_visible()
    organiser.photograph("vorschau", top="body")
    organiser.page.close()
    organiser.page = page
    organiser.press("Jetzt veröffentlichen")
    expect(page.locator(".messagelist .success")).to_be_visible()


def people_sign_up(organiser, talk):
    """Let somebody sign up each second day."""
    for number, (name, town) in enumerate(PEOPLE.items()):
        organiser.clock.move_to(ENTERED + timedelta(days=2 * number, hours=1))
        make_registration(talk, email=EMAILS[number], name=name, organisation=f"Stadt {town}")
    deliver_due()


def watch_the_sign_ups(organiser):
    organiser.comes_back(ENTERED + timedelta(days=18))
    organiser.photograph("startseite", height=1070)
    organiser.page.get_by_role("link", name=TITLE).first.click()
    organiser.page.get_by_role("link", name="Anmeldeverlauf").click()
    expect(organiser.page.locator(".days tbody tr")).to_have_count(8)
    organiser.photograph("anmeldeverlauf")


def write_to_the_participants(organiser, smtp_server):
    """Write a message, try it on oneself, release it, see what became of it."""
    page = organiser.page
    organiser.opens_the_list()
    # So wide, and without the menu on the left, it shows all columns.
    page.set_viewport_size(WINDOW | {"width": 1240})
    page.locator("#toggle-nav-sidebar").click()
    organiser.photograph("angemeldete")
    page.locator("#toggle-nav-sidebar").click()
    page.set_viewport_size(WINDOW)
    page.get_by_role("link", name="Nachricht schreiben").click()
    page.get_by_label("Betreff").fill(SUBJECT)
    page.get_by_label("Text").fill(TEXT)
    organiser.press("Sichern und prüfen")
    expect(page.get_by_text("8 Personen bekommen diese Nachricht.")).to_be_visible()
    expect(page.locator(".mail-preview")).to_contain_text("Guten Tag Alex Muster,")
    organiser.photograph("nachricht")

    smtp_server.messages.clear()
    organiser.press("Test an mich")
    expect(page.get_by_text(f"Der Test geht an {ADDRESS}.")).to_be_visible()
    deliver_due()
    assert recipients(smtp_server) == [ADDRESS]

    smtp_server.messages.clear()
    organiser.press("Freigeben: 8 Mails")
    expect(page.get_by_text("8 Mails gehen jetzt hinaus.")).to_be_visible()
    expect(page.get_by_text("0 von 8 Mails verschickt, 8 warten noch")).to_be_visible()
    deliver_due()
    assert recipients(smtp_server) == EMAILS
    page.reload()
    expect(page.get_by_text("8 von 8 Mails verschickt")).to_be_visible()
    expect(page.get_by_role("cell", name="verschickt", exact=True)).to_have_count(8)


def recipients(smtp_server) -> list[str]:
    return sorted(mail.rcpt_tos[0] for mail in smtp_server.messages)


def move_by_a_week(organiser, smtp_server):
    page = organiser.page
    page.goto(f"{organiser.url}/admin/")
    page.get_by_role("link", name=TITLE).first.click()
    organiser.fill_date(NEW_DATE)
    organiser.press("Sichern")
    expect(page.get_by_role("heading", name="Angemeldete benachrichtigen?")).to_be_visible()
    organiser.photograph("benachrichtigen")
    smtp_server.messages.clear()
    organiser.press("Ja, jetzt benachrichtigen")
    expect(page.get_by_text("8 Mails gehen jetzt hinaus.")).to_be_visible()
    deliver_due()
    assert recipients(smtp_server) == EMAILS


def mark_attendance(organiser, talk):
    """Read in who was there, from what Zoom exports."""
    page = organiser.page
    page.goto(f"{organiser.url}/admin/registration/registration/?talk__id__exact={talk.pk}")
    page.get_by_role("link", name="Teilnahme einlesen").click()
    page.get_by_label("Datei").set_input_files(
        {"name": "participants.csv", "mimeType": "text/csv", "buffer": ZOOM.encode("utf-8-sig")}
    )
    organiser.press("Einlesen")
    report = page.get_by_text("4 Personen erkannt, 3 davon neu als dabei vermerkt.")
    expect(report).to_be_visible()
    expect(page.get_by_role("heading", name="Nicht unter den Angemeldeten")).to_contain_text("(1)")
    expect(page.locator("#content li")).to_have_text(["Telefon 3"])
    # Without the field for another file: its button speaks the browser's language.
    organiser.photograph("teilnahme", height=380)
    page.get_by_role("link", name="Zur Liste").click()
    expect(page.locator(".field-was_there").get_by_text("dabei")).to_have_count(4)
    present = talk.registrations.exclude(joined_at=None).order_by("pk")
    assert [row.name for row in present] == [*PEOPLE][:4]


def take_the_list_along(organiser, talk):
    """Export the participants of the talk, from their list."""
    page = organiser.page
    page.get_by_role("link", name="Exportieren").click()
    expect(page.get_by_label("Talk", exact=False).first).to_have_value(str(talk.pk))
    organiser.photograph("export")
    for column in ("Talk", "Termin", "Land", "Dabei seit", "Stand", "Angemeldet am"):
        page.get_by_role("group", name="Spalten").get_by_label(column, exact=True).uncheck()
    rows = organiser.downloads(page.get_by_role("button", name="Datei herunterladen"))
    assert rows["Anmeldungen"] == [
        ["Name", "E-Mail-Adresse", "Kommune oder Organisation", "Ort"],
        *(
            [name, email, f"Stadt {town}", town]
            for email, (name, town) in zip(EMAILS, PEOPLE.items(), strict=True)
        ),
    ]


def count_for_the_funder(organiser):
    page = organiser.page
    page.goto(f"{organiser.url}/admin/events/talk/")
    page.get_by_role("link", name="Statistik").click()
    page.get_by_text("Alle erreichten Orte").click()
    organiser.photograph("statistik")
    file = organiser.downloads(page.get_by_role("link", name="Als Excel-Datei herunterladen"))
    assert file["Jahre"][1:] == [[2025, 1, 8, 8, 4, 0.5, 2, 2, 0]]
    assert [row[1::3] for row in file["Orte"][1:]] == [
        ["Beispielheim", "<\u00a05"],
        ["Musterstadt", 6],
    ]


def test_organisers_month(organiser, smtp_server):
    organiser.comes_back(ENTERED)

    enter_the_talk(organiser)
    talk = Talk.objects.get()
    people_sign_up(organiser, talk)
    watch_the_sign_ups(organiser)
    write_to_the_participants(organiser, smtp_server)
    move_by_a_week(organiser, smtp_server)
    organiser.clock.move_to(NEW_DATE)
    talk.registrations.get(email=EMAILS[0]).join()
    organiser.comes_back(NEW_DATE + timedelta(days=1))
    mark_attendance(organiser, talk)
    take_the_list_along(organiser, talk)
    count_for_the_funder(organiser)

    talk.refresh_from_db()
    assert (talk.starts_at, talk.previous_starts_at) == (NEW_DATE, DATE)
    assert organiser.complaints == []
