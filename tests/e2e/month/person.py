"""Whoever sits at a browser: what they do, and what they see.

They go on by what the page offers. `steps` counts: a click, a field, a file; `typed` is what they
have written into fields.
"""

from playwright.sync_api import expect

from tests.e2e.conftest import listen

# What the browser says of a page that refuses, or is not there.
REFUSED = r"status of (403|404|422)"


class Person:
    """Somebody with a browser of their own, and a window of this width and height."""

    def __init__(self, browser, complaints, window):
        self.steps, self.typed = 0, []
        self.context = browser.new_context(locale="de-DE", viewport=window, color_scheme="light")
        self.page = self.context.new_page()
        listen(self.page, complaints, expected=REFUSED)

    # What they do, and what counts

    def follow(self, name, *, inside=None):
        """Click on a link."""
        self.steps += 1
        self._find("link", name, inside).click()

    def press(self, name, *, inside=None):
        self.steps += 1
        self._find("button", name, inside).click()

    def _find(self, role, name, inside):
        place = inside or self.page
        return place.get_by_role(role, name=name, exact=isinstance(name, str)).first

    def fill(self, label, text):
        """Fill in the field of this label, or of this selector where several are called so."""
        self.steps += 1
        self.typed.append(text)
        if label.startswith(("[", ".")):
            self.page.locator(label).fill(text)
        else:
            self.page.get_by_label(label).first.fill(text)

    def tick(self, name, *, inside=None):
        """Choose a box, or one of several."""
        self.steps += 1
        place = inside or self.page
        boxes = place.get_by_role("checkbox", name=name)
        boxes.or_(place.get_by_role("radio", name=name)).first.click()

    def choose(self, selector, file):
        self.steps += 1
        self.page.locator(selector).set_input_files(file)

    def pick(self, selector, option):
        """Choose one of a list."""
        self.steps += 1
        self.page.locator(selector).select_option(label=option)

    def file_from(self, deed) -> bytes:
        """Return the file that comes when they do this."""
        with self.page.expect_download() as download:
            deed()
        return download.value.path().read_bytes()

    # What they see

    def sees(self, text):
        expect(self.page.get_by_text(text).first).to_be_visible()

    def sees_heading(self, name):
        expect(self.page.get_by_role("heading", name=name).first).to_be_visible()

    def does_not_see(self, text):
        """Hold on the page that is there: `sees` something of it before."""
        expect(self.page.get_by_text(text)).to_have_count(0)
