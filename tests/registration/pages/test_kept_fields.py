"""The sign-up form's fields are rendered once per edition, and still right for everybody."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.pages.edition import editions
from registration.models import Registration
from tests.makers import make_talk, opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FORM = "/anmeldung/"


def page_of(client, **query) -> str:
    return client.get(FORM, query).content.decode()


def without_token(page: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=")\w+', r"\1", page)


def ticked(page: str) -> list[str]:
    boxes = re.findall(r'<input type="checkbox" name="talks"[^>]*>', page)
    return [re.search(r'value="([^"]*)"', box)[1] for box in boxes if " checked" in box]


def test_kept_form_is_the_form_and_costs_one_query(client):
    make_talk()
    fresh = page_of(client)
    with CaptureQueriesContext(connection) as queries:
        kept = page_of(Client())

    assert without_token(kept) == without_token(fresh)
    assert len(queries) == 1


def test_each_given_talk_is_ticked_and_no_other(client):
    first, second = (make_talk(title=title).slug for title in ("Erster", "Zweiter"))
    asked = [[], [first], [second], [first, second], ["fremd"], [first, "fremd"]] * 2

    found = [ticked(page_of(client, talk=slugs)) for slugs in asked]

    assert found == [[], [first], [second], [first, second], [], [first]] * 2


def test_only_so_many_forms_are_kept_as_there_are_talks(client):
    slugs = [make_talk(title=f"Talk {number}").slug for number in range(4)]
    for first in slugs:
        for second in [*slugs, "fremd"]:
            page_of(client, talk=[first, second])
            page_of(client, talk=[second, "noch einer"])

    # The form with none ticked, one for each talk, and what holds for the talks beneath it.
    assert len(editions.current().pieces) == 1 + len(slugs) + 1


def test_what_somebody_typed_is_in_no_form_of_others(client):
    talk = make_talk()
    data = {"talks": [talk.slug], "name": "Kim Beispiel", "email": "kim@", "opened": opened()}
    answer = client.post(FORM, data)

    assert (answer.status_code, "Kim Beispiel" in answer.content.decode()) == (422, True)
    assert "Kim Beispiel" not in page_of(Client())
    assert (ticked(page_of(Client())), "has-error" in page_of(Client())) == ([], False)


def test_stamp_and_token_are_new_in_each_form(client, clock):
    make_talk()
    before = page_of(client)
    clock.shift(60)
    after = page_of(Client())

    for name in ("opened", "csrfmiddlewaretoken"):
        values = [
            re.search(rf'name="{name}" value="([^"]+)"', page)[1] for page in (before, after)
        ]
        assert values[0] != values[1], name


def test_form_knows_at_once_what_a_sign_up_has_changed(client):
    talk = make_talk(capacity=2)
    pages = [page_of(client)]
    for name in ("Kim", "Lea"):
        Registration.objects.sign_up([talk], name=name, email=f"{name}@stadt.example".lower())
        pages.append(page_of(client))

    labels = ("noch wenige Plätze", "Warteliste")
    assert [[label in page for label in labels] for page in pages] == [
        [False, False], [True, False], [False, True]
    ]  # fmt: skip


def test_form_drops_a_talk_whose_time_has_come(client, clock):
    talk = make_talk(title="Bald")
    assert talk.title in page_of(client)
    clock.move_to(talk.starts_at)

    assert talk.title not in page_of(client)
