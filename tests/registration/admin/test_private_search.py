"""Names and addresses that are searched for stand in no address."""

import re

import pytest

from registration.admin import private_search
from tests.makers import make_interest, make_offer, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LISTS = ("registration", "interest", "offer")


def page_of(model) -> str:
    return f"/admin/registration/{model}/"


def listed(response) -> int:
    return len(response.context["cl"].result_list)


@pytest.mark.parametrize("model", LISTS)
def test_what_is_searched_for_stands_in_no_link(admin_client, model):
    for email in ("kim@stadt.example", "lea@stadt.example"):
        make_registration(make_talk(town="Vrees"), email=email, name=email)
        make_interest(email)
        make_offer(email=email)

    response = admin_client.post(page_of(model), {"q": "kim@stadt"})

    html = response.content.decode()
    assert listed(response) == 1
    assert '<form id="changelist-search" method="post"' in html
    assert 'value="kim@stadt"' in html
    links = re.findall(r'(?:href|action)="(?!mailto:)([^"]*)"', html)
    assert [link for link in links if "kim" in link] == []
    assert listed(admin_client.get(page_of(model), {"q": "kim@stadt"})) == 2


def test_search_keeps_the_talk_and_leads_back_to_all_of_it(admin_client):
    talk = make_talk()
    for where, email in ((talk, "kim@a.example"), (talk, "lea@a.example")):
        make_registration(where, email=email, name=email)
    make_registration(make_talk(town="Vrees"), email="kim@b.example")
    page = f"{page_of('registration')}?talk__id__exact={talk.pk}"

    response = admin_client.post(page, {"q": "kim"})

    assert listed(response) == 1
    assert f'1 gefunden (<a href="?talk__id__exact={talk.pk}">alle zeigen' in response.text


def test_more_than_a_page_is_said_and_cannot_be_chosen(admin_client, monkeypatch):
    monkeypatch.setattr(private_search, "MOST_FOUND", 2)
    talk = make_talk()
    for number in range(3):
        make_registration(talk, email=f"p{number}@stadt.example", name="Kim Beispiel")

    response = admin_client.post(page_of("registration"), {"q": "beispiel"})

    assert "3 gefunden, die ersten 2 stehen hier" in response.text
    assert listed(response) == 2
    assert response.context["cl"].result_count == 2
    assert "?p=2" not in response.text


def test_nul_is_refused(admin_client):
    assert admin_client.post(page_of("registration"), {"q": "\0"}).status_code == 400
