"""Whatever is sent in a field of an admin's form: a message or a refusal, never a 500."""

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from events.models import Material, Talk
from registration.models import Registration
from tests.admin_form import url
from tests.events.admin.test_talks import rows
from tests.events.nonsense import FEW, NONSENSE, failures
from tests.events.upload_files import PDF, upload
from tests.html_form import form_data
from tests.makers import make_report_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def addresses() -> list[str]:
    """Return where the forms are that an organiser can send."""
    found = rows()
    talk, registration = found[Talk], found[Registration]
    Material.objects.create(talk=talk, title="Folien", file=upload(PDF, "a.pdf"))
    make_report_line(talk, "Niemand")
    make_report_line(talk, registration.name)
    of_models = [
        url(row_or_model, page)
        for model, row in found.items()
        for row_or_model, page in ((model, "add"), (row, "change"), (row, "delete"))
    ]
    return [
        *of_models,
        reverse("admin:add_participant", args=[talk.pk]),
        reverse("admin:correct_registration", args=[registration.pk]),
        reverse("admin:export_registrations"),
        reverse("admin:find_person"),
        reverse("admin:tell_of_change", args=[talk.pk]),
        reverse("admin:import_attendance", args=[talk.pk]),
        reverse("admin:review_attendance", args=[talk.pk]),
        reverse("admin:auth_user_password_change", args=[found[User].pk]),
        reverse("admin:password_change"),
    ]


def fields(client, address) -> tuple[dict, set[str]]:
    """Return what a browser would send of the page's own form, and the names of all fields."""
    html = client.get(address).content.decode()
    own = re.findall(r'<form [^>]*id="(\w+_form)"', html)
    names = set(re.findall(r' name="([^"]+)"', html)) - {"csrfmiddlewaretoken", "viewport"}
    sent = form_data(html, own[0]) if own else {}
    return sent, names


def failed(client, nonsense) -> dict:
    """Send to each form what `nonsense` makes of the names of its fields; return what failed."""
    tried = []
    for address in addresses():
        sent, names = fields(client, address)
        tried += [(address, typed, sent) for typed in nonsense(sorted(names))]
    assert len({address for address, *_ in tried}) > 20
    account = User.objects.order_by("pk")[0]

    def send(address, typed, sent):
        if "_auth_user_id" not in client.session:  # the one before has locked it out
            client.force_login(account)
        return client.post(address, sent | typed)

    return failures(send, tried)


@pytest.mark.parametrize(
    "values", [FEW[:1], pytest.param(FEW[::3], marks=pytest.mark.slow)], ids=len
)
def test_all_fields_of_each_form_at_once(organiser, values):
    def filled(names):
        return [dict.fromkeys(names, value) for value in values]

    assert failed(organiser, filled) == {}


@pytest.mark.slow
def test_each_field_of_each_form(organiser):
    assert (
        failed(organiser, lambda names: [{name: value} for name in names for value in NONSENSE])
        == {}
    )
