import re
from datetime import timedelta
from html import unescape

import pytest

from events.models import Talk
from registration.models import OutgoingMail, Registration
from tests.makers import TITLE, make_registration, make_talk, opened
from tests.registration.link_pages import page_of
from tests.server import thanks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FORM = "/anmeldung/"


def form_data(*talks, question="Wie & warum?", **changed):
    values = {f"question-{talk.pk}": question for talk in talks} | {
        "talks": [talk.slug for talk in talks],
        "name": "Kim Beispiel",
        "email": "kim@stadt.example",
        "organisation": "Stadt Musterstadt",
        "opened": opened(),
    }
    return values | changed


def errors(response):
    assert response.status_code == 422
    return response.context["form"].errors.get_json_data()


def messages(response, field):
    return [error["message"] for error in errors(response)[field]]


def test_form_offers_the_bookable_talks_and_ticks_the_given_one(client):
    later, sooner = make_talk(starts_in=timedelta(days=40)), make_talk(title="Bald")
    for fields in (
        {"status": Talk.Status.DRAFT},
        {"status": Talk.Status.CANCELLED},
        {"starts_in": timedelta(days=-3)},
        {
            "registration_opens_at": later.starts_at - timedelta(days=1),
            "starts_at": later.starts_at,
        },
    ):
        make_talk(**fields)

    response = client.get(FORM, {"talk": later.slug})

    boxes = re.findall(r'<input type="checkbox"[^>]*>', response.content.decode())
    found = [
        (re.search(r'value="([^"]*)"', box)[1], " checked" in box)
        for box in boxes
        if 'name="talks"' in box
    ]
    assert found == [(later.slug, True), (sooner.slug, False)]


@pytest.mark.parametrize("talk", ["unbekannt", "", "a" * 5000, "'; DROP TABLE", "\U0001f3e1"])
def test_form_with_an_unknown_talk_ticks_none(client, talk):
    make_talk()

    response = client.get(FORM, {"talk": talk})

    assert response.status_code == 200
    assert " checked" not in response.content.decode()


def test_form_without_any_talk_says_so(client):
    response = client.get(FORM)

    assert "Zurzeit können Sie sich für keinen Talk anmelden." in response.content.decode()


def test_signing_up_leads_to_the_same_page_for_everyone(client):
    talk, full = make_talk(), make_talk(title="Voll", capacity=1)
    make_registration(full, email="a@stadt.example")
    answers = []
    for email in ("neu@stadt.example", "neu@stadt.example", "a@stadt.example"):
        for chosen in ([talk], [full], [talk, full]):
            response = client.post(FORM, form_data(*chosen, email=email))
            where = thanks(*(each.slug for each in chosen))
            place = response.headers["Location"]
            answers.append((response.status_code, place == where, response.content))

    assert set(answers) == {(302, True, b"")}


def test_signing_up_keeps_what_was_typed(client):
    talk = make_talk()

    client.post(FORM, form_data(talk, email=" Kim@Stadt.Example ", name="  Kim   Beispiel "))

    row = Registration.objects.get()
    assert (row.name, row.email, row.organisation, row.question) == (
        "Kim Beispiel",
        "Kim@stadt.example",
        "Stadt Musterstadt",
        "Wie & warum?",
    )


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Bitte geben Sie Ihren Namen ein."),
        ("name", "123", "Bitte geben Sie Ihren Namen ein."),
        ("name", "x" * 121, "Bitte kürzen Sie auf höchstens 120 Zeichen"),
        # Longer only once they are canonical.
        ("name", "Dr." * 39 + "Kim", "Bitte kürzen Sie auf höchstens 120 Zeichen; es sind 159."),
        ("organisation", "\u0958" * 61, "Bitte kürzen Sie auf höchstens 120 Zeichen"),
        ("name", "Kim https://boese.example", "Bitte geben Sie hier keine Internetadresse ein."),
        ("name", "Kim\ufffd", "Dieser Text enthält unlesbare Zeichen."),
        ("email", "", "Bitte geben Sie eine vollständige E-Mail-Adresse ein"),
        ("email", "kim@", "Bitte geben Sie eine vollständige E-Mail-Adresse ein"),
        ("email", "kim\x01.de", "Unsichtbare Zeichen darin haben wir entfernt."),
        ("email", "müller@stadt.de", "Meinen Sie vielleicht mueller@stadt.de?"),
        ("email", "kim@stadt.de\r\nBcc: a@b.de", "Bitte geben Sie eine vollständige"),
        ("email", "x" * 321, "Bitte kürzen Sie auf höchstens 320 Zeichen"),
        ("organisation", "y" * 121, "Bitte kürzen Sie auf höchstens 120 Zeichen"),
        ("organisation", "www.boese.example", "Bitte geben Sie hier keine Internetadresse ein."),
        ("question-{pk}", "z" * 1001, "Bitte kürzen Sie auf höchstens 1000 Zeichen"),
        ("question-{pk}", "Wie\ufffd?", "Dieser Text enthält unlesbare Zeichen."),
        ("talks", [], "Bitte wählen Sie mindestens einen Termin."),
        ("talks", ["unbekannt"], "Diesen Talk gibt es nicht oder nicht mehr."),
    ],
)
def test_bad_input_gets_a_message_beside_the_field_and_loses_nothing(
    client, field, value, message
):
    talk = make_talk()
    field = field.format(pk=talk.pk)

    response = client.post(FORM, form_data(talk) | {field: value})

    # The question's talk is not ticked then.
    also = [f"question-{talk.pk}"] if field == "talks" else []
    assert list(errors(response)) == [field, *also]
    assert message in messages(response, field)[0]
    page = unescape(response.content.decode())
    for name, typed in form_data(talk).items():
        if name not in (field, "talks"):
            assert typed in page
    assert Registration.objects.count() == OutgoingMail.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"starts_in": timedelta(days=-7)}, "Vorbei"),
        ({"starts_in": timedelta(minutes=-10)}, "Anmeldung geschlossen"),
        ({"status": Talk.Status.CANCELLED}, "Abgesagt"),
        ({"status": Talk.Status.POSTPONED}, "Verschoben"),
        ({"capacity": 1, "waiting_list": False, "seats_taken": 1}, "Ausgebucht"),
    ],
)
def test_talk_that_takes_no_registrations_says_why(client, fields, reason):
    make_talk(title="Offen")
    talk = make_talk(**fields)

    response = client.post(FORM, form_data(talk))

    assert messages(response, "talks") == [
        f"„{TITLE}“: {reason}. Für diesen Termin ist keine Anmeldung möglich."
    ]


@pytest.mark.parametrize(
    "fields", [{"status": Talk.Status.DRAFT}, {"publish_at": "2099-01-01T00:00Z"}]
)
def test_unpublished_talk_is_unknown(client, fields):
    make_talk(title="Offen")
    talk = make_talk(**fields)

    response = client.post(FORM, form_data(talk))

    assert messages(response, "talks") == ["Diesen Talk gibt es nicht oder nicht mehr."]


def test_form_needs_few_queries(client, django_assert_max_num_queries):
    talks = [make_talk(title=f"Talk {number}") for number in range(5)]

    with django_assert_max_num_queries(5):
        client.get(FORM)
    with django_assert_max_num_queries(14):
        client.post(FORM, form_data(talks[0]))


def test_form_from_another_site_gets_a_german_page(client):
    client.handler.enforce_csrf_checks = True
    foreign = {"origin": "https://evil.example"}

    response = client.post(FORM, form_data(make_talk()), headers=foreign)

    assert response.status_code == 403
    assert '<html lang="de">' in response.content.decode()


def test_form_sets_the_one_cookie(client):
    make_talk()

    client.get(FORM)

    assert list(client.cookies) == ["csrftoken"]
    cookie = client.cookies["csrftoken"]
    assert (cookie["max-age"], cookie["expires"], cookie["httponly"], cookie["samesite"]) == (
        "",
        "",
        True,
        "Lax",
    )


@pytest.mark.parametrize("path", [FORM, "/meine-anmeldung/x.y/"])
def test_personal_pages_are_never_stored(client, path):
    assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.parametrize(
    ("fields", "label"),
    [({"starts_in": timedelta(days=-3)}, "Vorbei"), ({"status": "cancelled"}, "Abgesagt")],
)
def test_form_says_why_the_given_talk_is_missing(client, fields, label):
    make_talk(title="Offen")
    talk = make_talk(**fields)

    page = unescape(client.get(FORM, {"talk": talk.slug}).content.decode())

    assert f"„{TITLE}“: {label}. Für diesen Termin ist keine Anmeldung möglich." in page


@pytest.mark.parametrize(
    ("fields", "others", "words"),
    [
        ({}, 0, "Ihre Anmeldung ist bestätigt."),
        ({"capacity": 1}, 1, "Sie stehen auf der Warteliste."),
        ({"capacity": 1, "waiting_list": False}, 1, "ist gerade keine Anmeldung möglich"),
    ],
)
def test_page_after_the_click_says_what_has_happened(client, fields, others, words):
    talk = make_talk(**fields)
    row = make_registration(talk, must_confirm=True)
    for number in range(others):
        make_registration(talk, email=f"p{number}@stadt.example")

    response = client.post(page_of("confirm", row.key), follow=True)

    assert words in response.content.decode()


def test_button_says_queue_where_nothing_else_can_be_had(client):
    full, open_talk = make_talk(capacity=1), make_talk(title="Offen")
    make_registration(full, email="a@stadt.example")

    def button(*ticked, **posted):
        path = f"{FORM}?{'&'.join(f'talk={talk.slug}' for talk in ticked)}"
        response = client.post(FORM, posted) if posted else client.get(path)
        return re.search(r'type="submit"[^>]*value="([^"]+)"', response.content.decode())[1]

    assert button(full) == "Auf die Warteliste"
    assert button(full, open_talk) == button(open_talk) == button() == "Kostenfrei anmelden"
    assert button(talks=[full.slug], name="") == "Auf die Warteliste"
    assert button(talks=[open_talk.slug], name="") == "Kostenfrei anmelden"
    Talk.objects.filter(pk=open_talk.pk).update(status="cancelled")
    assert button() == "Auf die Warteliste"


def test_form_leads_back_to_its_talk_and_to_what_one_has(client):
    talk = make_talk()
    make_talk(title="Noch einer")

    given = client.get(FORM, {"talk": talk.slug}).content.decode()
    bare = client.get(FORM).content.decode()

    crumb = given.partition('class="breadcrumb"')[2].partition("</nav>")[0]
    assert f'href="{talk.get_absolute_url()}"' in crumb
    assert "/talks/" not in bare.partition('class="breadcrumb"')[2].partition("</nav>")[0]
    assert 'href="/anmeldung/links/"' in given.partition("<main")[2].partition("</main>")[0]


def test_form_without_talks_offers_news_by_mail(client):
    page = client.get(FORM).content.decode().partition("<main")[2].partition("</main>")[0]

    assert 'class="button primary" href="/terminhinweise/">Neue Termine per E-Mail<' in page


def test_confirming_says_what_has_happened_also_the_second_time(client):
    row = make_registration(make_talk(double_opt_in=True))
    path = page_of("confirm", row.key)

    answers = [client.post(path, follow=True) for _ in range(2)]

    assert [b"Anmeldung ist best" in answer.content for answer in answers] == [True] * 2
