"""Who is going to report: somebody with a phone and a mailbox, whose mail has a button."""

import re
from io import BytesIO

from PIL import Image, ImageDraw

from tests.e2e.month.guest import Guest
from tests.mailbox import calendar_parts

BUTTON = "Seite zu Ihrem Web-Talk öffnen"


class Speaker(Guest):
    """A guest who does what the parts of the speaker's desk offer."""

    def presses_in_mail(self, button=BUTTON, *, message=-1):
        """Read the newest mail, or another one, and go where its button leads; count from here."""
        self.read = self.mailbox.messages[message].get_body(("html",)).get_content()
        self.presses_again(button)

    def presses_again(self, button=BUTTON):
        """Go back to the mail that they have read last, and press its button once more."""
        # The rules of the page that was open hold for no mail.
        self.page.goto("about:blank")
        self.page.set_content(self.read)
        self.page.get_by_role("link", name=button).click()
        self.steps = 0

    def text_of(self, message=-1) -> str:
        """Return the newest mail as text, its lines joined."""
        text = self.mailbox.messages[message].get_body(("plain",)).get_content()
        return re.sub(r"\s+", " ", text.replace("\xa0", " "))

    def calendar_of(self, message=-1) -> list[str]:
        """Return the title of each attached entry."""
        parts = calendar_parts(self.mailbox.messages[message])
        return [re.search(rb"SUMMARY:(.*)\r\n", part)[1].decode() for part in parts]

    @property
    def missing(self) -> list[str]:
        """What the desk asks for at its top."""
        self.sees_heading("Ihr Web-Talk")
        links = self.page.locator(".to-parts a:not([href^='#einwilligung-'])")
        return links.all_inner_texts()

    def saves(self, button, texts, *, file=None):
        """Fill in the fields of a part by their names, choose its file, and save it."""
        for name, text in texts.items():
            self.fill(f"[name={name}]", text)
        if file:
            self.choose(*file)
        self.press(button)
        self.sees("Gespeichert. Die Veranstalter sehen Ihren Vorschlag.")


def face() -> dict:
    """Return a drawing of a face, as a form takes a file."""
    drawing = Image.new("RGB", (900, 1200), "#e3ddd0")
    pen = ImageDraw.Draw(drawing)
    pen.rectangle((200, 780, 700, 1200), fill="#3f6477")
    pen.ellipse((270, 240, 630, 760), fill="#d9a78c")
    pen.pieslice((250, 180, 650, 660), 180, 360, fill="#4a3527")
    out = BytesIO()
    drawing.save(out, "PNG")
    return {"name": "Porträt.png", "mimeType": "image/png", "buffer": out.getvalue()}
