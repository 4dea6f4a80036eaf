"""The handbook within the admin."""

import re

import pytest

from tests.webtalks.team.people import make_colleague

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGE = "/admin/handbuch/"


@pytest.fixture
def html(client) -> str:
    client.force_login(make_colleague(roles=["Lesend"]))
    return client.get(PAGE).content.decode()


def test_contents_lead_to_headings_that_are_there(html):
    page = html.partition('class="handbook"')[2].partition("</main>")[0]
    targets = re.findall(r'href="#([^"]+)"', page)
    anchors = re.findall(r'<h\d id="([^"]+)"', page)

    assert len(targets) > 8
    assert set(targets) <= set(anchors)


def test_pictures_are_there_and_nothing_is_left_of_the_markdown(client, html):
    pictures = re.findall(r'<img src="([^"]+)"', html)
    article = html.partition("<article>")[2].partition("</article>")[0]

    assert pictures
    for path in pictures:
        response = client.get(path)
        assert (path, response.status_code, response["Content-Type"]) == (path, 200, "image/png")
        assert response.getvalue().startswith(b"\x89PNG")
    assert re.findall(r"\*\*|^#|\]\(|`", article, re.MULTILINE) == []


def test_picture_that_is_none_is_not_found(client, html):
    assert client.get("/admin/handbuch/geheim.png").status_code == 404


def test_header_leads_to_the_handbook_in_a_tab_of_its_own(html):
    assert f'<a href="{PAGE}" target="_blank" rel="noopener">Handbuch</a>' in html


def test_handbook_is_for_those_who_work_here(client):
    assert client.get(PAGE).status_code == 302
