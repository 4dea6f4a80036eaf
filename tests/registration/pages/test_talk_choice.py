"""The talks on the sign-up form, and beneath each the question to its speakers."""

import re
from datetime import timedelta
from html import unescape

import pytest

from events.models import Talk
from registration.models import OutgoingMail, Registration
from tests.html_form import form_data
from tests.makers import TITLE, make_registration, make_talk, opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FORM = "/anmeldung/"
ASKED = 'Wer trägt die "Kosten" & warum?\nUnd wie lange?'


def name_of(talk) -> str:
    return f"question-{talk.pk}"


def send(client, *talks, **fields):
    person = {"name": "Kim Beispiel", "email": "kim@stadt.example", "opened": opened()}
    return client.post(FORM, {"talks": [talk.slug for talk in talks]} | person | fields)


def errors(response) -> dict:
    assert response.status_code == 422
    found = response.context["form"].errors.get_json_data()
    return {name: [error["message"] for error in each] for name, each in found.items()}


def questions() -> dict:
    return dict(Registration.objects.values_list("talk__title", "question"))


def test_each_talk_has_its_field_beneath_it(client):
    talks = [make_talk(title=f'{n} Wärme & "Licht"', starts_in=timedelta(days=n)) for n in (3, 5)]

    page = client.get(FORM, {"talk": talks[1].slug}).content.decode()

    places = [(page.index(f'value="{t.slug}"'), page.index(f'name="{name_of(t)}"')) for t in talks]
    name = page.index('name="name"')
    assert places[1][0] < places[1][1] < name < places[0][0] < places[0][1]
    assert [">Ihr Termin<" in page, ">Auch anmelden für<" in page] == [True, True]
    assert page.count("an die Vortragenden weiter, ohne Ihren Namen.") == 2


@pytest.mark.parametrize("given", [0, 2])
def test_without_other_talks_there_is_one_choice(client, given):
    talks = [make_talk(title=f"Talk {number}") for number in range(2)]

    page = client.get(FORM, {"talk": [talk.slug for talk in talks[:given]]}).content.decode()

    assert (">Ihre Termine<" in page, "Auch anmelden" in page) == (True, False)


def test_question_goes_to_the_speakers_of_its_talk_alone(client):
    first, second, third = (make_talk(title=title) for title in ("Erster", "Zweiter", "Dritter"))

    answer = send(client, first, second, **{name_of(second): ASKED, name_of(third): "  "})

    assert answer.status_code == 302
    assert questions() == {"Erster": "", "Zweiter": ASKED}


@pytest.mark.parametrize("state", ["pending", "waiting"])
def test_question_of_who_has_no_seat_yet_is_kept(client, state):
    talk = make_talk(capacity=0, double_opt_in=state == "pending")

    send(client, talk, **{name_of(talk): ASKED})

    row = Registration.objects.get()
    assert (row.state, row.question) == (state, ASKED)


def test_form_of_somebody_else_does_not_change_the_question(client):
    row = make_registration(question="Meine Frage")

    send(client, row.talk, **{name_of(row.talk): "Eine fremde Frage"})

    assert questions() == {TITLE: "Meine Frage"}


def test_question_under_a_talk_that_is_not_ticked_is_refused_there_and_kept(client):
    chosen, other = make_talk(title="Gewählt"), make_talk(title='Wärme & "Licht"')

    response = send(client, chosen, **{name_of(other): ASKED})

    assert list(errors(response)) == [name_of(other)]
    assert errors(response)[name_of(other)][0].startswith("Diese Frage gehört zu einem Talk, den")
    page = response.content.decode()
    summary = unescape(page.partition("error-summary")[2].partition("</div>")[0])
    assert f'<a href="#id_{name_of(other)}">Frage zu „Wärme & "Licht"“: Diese Frage' in summary
    beneath = page.partition(f'value="{other.slug}"')[2]
    assert re.search(r'<details class="question" open>', beneath)
    assert form_data(page.replace("<form ", '<form id="f" ', 1), "f")[name_of(other)] == [ASKED]
    assert Registration.objects.count() == OutgoingMail.objects.count() == 0


def test_question_to_a_talk_that_is_full_meanwhile_is_kept(client):
    make_talk(title="Offen")
    talk = make_talk(capacity=1, waiting_list=False)
    make_registration(talk, email="a@stadt.example")

    ticked = send(client, talk, **{name_of(talk): ASKED})
    alone = send(client, **{name_of(talk): ASKED})

    assert list(errors(ticked)) == ["talks"]
    assert list(errors(alone)) == ["talks", name_of(talk)]
    for response in (ticked, alone):
        page = response.content.decode().replace("<form ", '<form id="f" ', 1)
        assert form_data(page, "f")[name_of(talk)] == [ASKED]


def test_question_survives_a_new_address_of_its_talk(client):
    talk = make_talk()
    old = talk.slug
    talk.slug = "anders"
    talk.save()

    answer = send(client, talks=[old], **{name_of(talk): ASKED})

    assert (answer.status_code, questions()) == (302, {TITLE: ASKED})


@pytest.mark.parametrize(
    "name",
    ["question-", "question-x", "question-999999", f"question-{10**30}", "question-٣", "question"],
)
def test_forged_names_are_ignored(client, name):
    answer = send(client, make_talk(), **{name: ASKED})

    assert (answer.status_code, questions()) == (302, {TITLE: ""})


def test_question_to_a_draft_is_ignored(client):
    draft = make_talk(title="Entwurf", status=Talk.Status.DRAFT)

    assert send(client, make_talk(), **{name_of(draft): ASKED}).status_code == 302


def test_prefilled_links_fill_in_no_question(client):
    talk = make_talk()

    page = client.get(FORM, {"talk": talk.slug, name_of(talk): "Untergeschoben"}).content.decode()

    assert "Untergeschoben" not in page


def test_questions_cost_no_query(client, django_assert_max_num_queries):
    talks = [make_talk(title=f"Talk {number}") for number in range(5)]
    client.get(FORM)

    with django_assert_max_num_queries(14):
        send(client, talks[0], **{name_of(talks[0]): ASKED})
