"""What is typed into a field for an address in Chromium is what the site stores."""

from datetime import timedelta

import pytest

from registration.models import Interest, OutgoingMail, Registration, links
from tests.makers import make_registration, make_talk

TYPED, CANONICAL = "kim@straße.example", "kim@xn--strae-oqa.example"


def stored() -> list[str]:
    """Return every address in the database but those that the tests have put there."""
    columns = (
        Registration.objects.values_list("email", flat=True),
        Interest.objects.values_list("email", flat=True),
        OutgoingMail.objects.values_list("recipient", flat=True),
    )
    found = {address for column in columns for address in column if address}
    return sorted(found - {"lea@stadt.example"})


@pytest.mark.parametrize("form", ["sign-up", "links", "way in", "interest", "hand over"])
def test_address_arrives_as_it_was_typed(own_url, browser, form):
    talk = make_talk(slug="talk", starts_in=timedelta(days=9))
    known = make_registration(talk, email="lea@stadt.example")
    if form in ("links", "way in"):
        make_registration(talk, email=CANONICAL)
    OutgoingMail.objects.all().delete()
    token = links.token(known.key, links.PURPOSE_MINE)
    paths = {
        "sign-up": "/anmeldung/?talk=talk",
        "links": "/anmeldung/links/",
        "way in": "/talks/talk/teilnehmen/",
        "interest": "/terminhinweise/",
        "hand over": f"/meine-anmeldung/{token}/{known.uuid}/weitergeben/",
    }
    context = browser.new_context(locale="de-DE")
    page = context.new_page()

    page.goto(own_url + paths[form])
    if form in ("sign-up", "hand over"):
        page.get_by_label("Vor- und Nachname").fill("Kim Beispiel")
    page.get_by_label("E-Mail-Adresse").fill(TYPED)
    if form == "interest":
        page.get_by_role("checkbox").last.check()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("E-Mail-Adresse").press("Enter")
    page.wait_for_load_state("networkidle")

    assert page.locator("[aria-invalid=true]").count() == 0
    assert stored() == [CANONICAL]
    context.close()
