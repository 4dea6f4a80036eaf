"""What a browser would send for the form on a page."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Collects the successful controls of the one POST form with an id (HTML §4.10.21)."""

    def __init__(self, form_id):
        super().__init__()
        self.form_id = form_id
        self.fields = {}
        self.is_inside = False
        self.select = self.textarea = None

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.is_inside = values.get("id") == self.form_id
        elif self.is_inside and values.get("name"):
            self._control(tag, values["name"], values)
        elif self.is_inside and tag == "option" and self.select and "selected" in values:
            self.fields.setdefault(self.select, []).append(values.get("value", ""))

    def _control(self, tag, name, values):
        kind = values.get("type", "text")
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.textarea = name
            self.fields[name] = [""]
        elif kind in ("checkbox", "radio"):
            if "checked" in values:
                self.fields.setdefault(name, []).append(values.get("value", "on"))
        elif tag == "input" and kind not in ("submit", "file", "button", "reset"):
            self.fields[name] = [values.get("value", "")]

    def handle_data(self, data):
        if self.textarea:
            self.fields[self.textarea][0] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.is_inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.textarea:
            # A browser drops the line break that follows the opening tag.
            self.fields[self.textarea][0] = self.fields[self.textarea][0].removeprefix("\n")
            self.textarea = None


def form_data(html: str, form_id: str) -> dict[str, list]:
    """Return the names and values that pressing the button of the form would send."""
    reader = _Reader(form_id)
    reader.feed(html)
    assert reader.fields, f"no form {form_id}"
    return reader.fields
