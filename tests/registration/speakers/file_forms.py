"""The forms with a file on a speaker's page, as a browser sends them."""

from django.urls import reverse

from tests.events.upload_files import CREDIT, jpeg, upload
from tests.html_form import form_data

ALT = 'Zwei Frauen & ein Hund vor dem "Löwen"'


def address_of(link, part):
    return reverse("registration:speaker_part", args=[link.token, part])


def page_of(client, link) -> str:
    return client.get(reverse("registration:speaker", args=[link.token])).content.decode()


def send(client, link, part, **changes):
    """Send the part's form as the page shows it, with these changes: by the names of fields."""
    return again(client, link, part, page_of(client, link), **changes)


def again(client, link, part, html, **changes):
    """Send the form as this page shows it."""
    typed = form_data(html, f"form-{part}")
    return client.post(
        address_of(link, part),
        typed | {f"{part}-{name}": value for name, value in changes.items()},
    )


def send_picture(client, link, content=None, **changes):
    values = {"image": upload(content or jpeg()), "image_credit": CREDIT} | changes
    return send(client, link, "picture", **values)


def take_back(client, link, part):
    """Press the button that takes back what is proposed for the part."""
    return client.post(reverse("registration:speaker_take_back", args=[link.token, part]))


def errors_of(response, part) -> dict[str, list[str]]:
    (form,) = [each for each in response.context["parts"] if each.part == part]
    return {name: list(errors) for name, errors in form.errors.items()}


def proposals(link) -> dict[str, str]:
    """Return what is proposed by field; of a file only that there is one."""
    return {
        change.field: "Datei" if change.file else change.text
        for change in link.changes.all()
        if change.is_open
    }
