"""Links as mail programs and people mangle them, at every address with a token."""

from urllib.parse import quote

import pytest

from registration.models import links
from registration.models.limits import Tally
from registration.pages.mangled_links import beginnings, mended
from tests.makers import make_registration
from tests.webtalks.addresses import addresses

pytestmark = pytest.mark.django_db

BEHIND = (
    ">",
    ")",
    '"',
    "'",
    ".",
    ",",
    ";",
    "!",
    "&gt;",
    "&gt",
    "%3E",
    ">.",
    ").",
    "”",
    "“",
    "»",
    "*",
)
LOST_LINK = 'href="/anmeldung/links/"'


@pytest.fixture
def personal(settings, tmp_path):
    """Return an address of every route with a token; organisers ask for theirs anew."""
    settings.MEDIA_ROOT = tmp_path
    return [each.path for each in addresses() if "<str:token>" in each.route and not each.in_admin]


def places(client, path) -> str:
    response = client.get(path)
    assert (path, response.status_code) == (path, 302)
    return response.url


def test_every_beginning_is_known(personal):
    assert len(personal) == 32
    assert {path for path in personal if not path.startswith(beginnings())} == set()
    assert len(beginnings()) == 11


def test_what_stands_behind_a_link_is_cut_off(client, personal):
    for path in personal:
        for junk in BEHIND:
            for mangled in (path + quote(junk), path.rstrip("/") + quote(junk)):
                assert (mangled, places(client, mangled)) == (mangled, path)
        assert places(client, path + quote(") und mehr Text / noch mehr")) == path


def test_blanks_and_line_breaks_within_a_link_are_taken_out(client, personal):
    for path in personal:
        for gap in (" ", "\n", "\r\n ", "=\n", "\u00a0"):
            for at in (len(path) // 2, len(path) - 3):
                mangled = path[:at] + quote(gap) + path[at:]
                assert (mangled, places(client, mangled)) == (mangled, path)


def test_address_in_capital_letters_keeps_its_token(client, personal):
    for path in personal:
        token = next(part for part in path.split("/") if len(part) > 60)
        before, after = path.split(token)
        assert places(client, before.upper() + token + after.upper()) == path


def test_right_links_are_not_touched(client, personal):
    for path in personal:
        beginning = next(each for each in beginnings() if path.startswith(each))
        assert (path, mended(path, beginning)) == (path, path)
    row = make_registration()
    mine = links.token(row.key, links.PURPOSE_MINE)
    assert client.get(f"/meine-anmeldung/{mine}/").status_code == 200


def test_lost_token_leads_to_the_form_that_sends_the_link_again(client):
    key = "A" * 22 + "." + "B" * 43
    for beginning in beginnings():
        lost = [beginning, beginning + "x/y/z", beginning.upper() + key, f"{beginning}{key[:40]}/"]
        if beginning in ("/vorschau/", "/terminhinweise/"):
            continue  # organisers send a draft's link; new dates by mail are asked for there
        if beginning == "/vortragen/":
            lost.remove(beginning)  # the page for everybody who is going to speak
        Tally.objects.all().delete()  # so many dead links in an hour are too many
        for path in lost:
            response = client.get(path, follow=True)
            assert (path, response.status_code) == (path, 404)
            assert (path, LOST_LINK in response.content.decode()) == (path, True)


def test_longer_token_is_another_one(client):
    token = links.token(make_registration().key, links.PURPOSE_MINE)

    assert client.get(f"/meine-anmeldung/{token}x/").status_code == 404
    assert client.post(f"/meine-anmeldung/{token})/loeschen/").status_code == 404
