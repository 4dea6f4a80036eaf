"""Nobody learns whether an address is known: for every state of it, every form says the same."""

import re
from datetime import timedelta

import pytest

from registration.mail.deliver import Outcome, deliver_due
from registration.mail.smtp import SMTP_BACKEND
from registration.models import Interest, OutgoingMail, Registration, limits
from tests.makers import make_registration, make_talk, opened
from tests.registration.link_pages import page_of
from tests.server import free_port

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

STATES = ["new", "pending", "confirmed", "waiting", "cancelled", "erased", "listed", "throttled"]


def address(state) -> str:
    return f"{state}@stadt.example"


@pytest.fixture
def talk():
    """Return a full talk; in it, or in one that asks for a click, every state occurs."""
    talk = make_talk(capacity=1)
    asks = make_talk(title="Fragt", double_opt_in=True)
    make_registration(talk, email=address("cancelled")).cancel()
    make_registration(talk, email=address("confirmed"))
    make_registration(talk, email=address("waiting"))
    make_registration(asks, email=address("pending"))
    make_registration(asks, email=address("erased"))
    Registration.objects.erase_person(address("erased"))
    Interest.objects.ask(address("listed")).confirm()
    for _ in range(10):
        limits.judge_form(address("throttled"))
        limits.may_mail(address("throttled"))
    return talk


def forms(talk) -> dict:
    person = {"name": "Kim Beispiel", "opened": opened()}
    both = [each.slug for each in (talk, make_talk(title="Noch einer"))]
    way_in = f"{talk.get_absolute_url()}teilnehmen/"
    holder = make_registration(make_talk(title="Zieht um"), email="um@stadt.example")
    return {
        "sign-up": ("/anmeldung/", person | {"talks": both}),
        "sign-up and news": ("/anmeldung/", person | {"talks": both, "interest": "on"}),
        "sign-up of a program": ("/anmeldung/", person | {"talks": both, "website": "x"}),
        "sign-up with a mistake": ("/anmeldung/", person | {"talks": both, "name": ""}),
        "links": ("/anmeldung/links/", {}),
        "way in": (way_in, {}),
        "other address": (page_of("mine", holder.key) + "adresse/", {}),
        "news": ("/terminhinweise/", {"consent": "on"}),
        "news with a mistake": ("/terminhinweise/", {}),
    }


def answer(client, path, data, email) -> tuple:
    """Return all that a stranger sees, but for the token of the form and what was typed."""
    response = client.post(path, data | {"email": email})
    page = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", response.content.decode())
    followed = response.headers.get("Location")
    shown = client.get(followed).content if followed else b""
    cookies = {name: {**morsel} for name, morsel in response.cookies.items()}
    headers = {**response.headers, "Content-Length": ""}
    return response.status_code, headers, cookies, page.replace(email, "@"), shown


FORMS = [
    "sign-up",
    "sign-up and news",
    "sign-up of a program",
    "sign-up with a mistake",
    "links",
    "way in",
    "other address",
    "news",
    "news with a mistake",
]


def different(client, talk, form) -> dict:
    """Send the form for every state of an address; return the answers that differ."""
    path, data = forms(talk)[form]
    answers = {state: answer(client, path, data, address(state)) for state in STATES}
    return {state: found for state, found in answers.items() if found != answers["new"]}


@pytest.mark.parametrize("form", FORMS)
def test_answer_is_the_same_for_every_state_of_an_address(client, talk, clock, form):
    # Twice, for a double click has an answer of its own; then in the hour before the talk.
    for _ in range(2):
        assert different(client, talk, form) == {}
    clock.move_to(talk.starts_at - timedelta(minutes=50))
    assert different(client, talk, form) == {}


# Whether mail can go out matters to those that write one; no other way than above.
@pytest.mark.parametrize(
    "form",
    [
        form
        if form in ("sign-up and news", "other address")
        else pytest.param(form, marks=pytest.mark.slow)
        for form in FORMS
    ],
)
def test_answer_is_the_same_while_the_mail_server_is_away(client, talk, settings, form):
    options = {"host": "127.0.0.1", "port": free_port(), "timeout": 1}
    settings.MAILERS = {"default": {"BACKEND": SMTP_BACKEND, "OPTIONS": options}}

    assert deliver_due() == [Outcome.PAUSED]
    assert different(client, talk, form) == {}
    assert OutgoingMail.objects.queued().exists()


def test_click_at_the_new_address_is_answered_the_same_for_every_state_of_it(client, talk):
    """Kim has a seat in the talk that all others are in too, and in one of their own."""
    answers = {}
    for state in STATES:
        kim = Registration.objects.sign_up(
            [talk, make_talk(title="Eigener")],
            name="Kim Beispiel",
            email=f"kim-{state}@stadt.example",
            extra_seat=True,
        )
        page = page_of("new_address", kim[1].key, email=address(state))
        answers[state] = answer(client, page, {}, "")

    assert {state: found for state, found in answers.items() if found != answers["new"]} == {}
    assert answers["new"][0] == 302


def test_states_are_what_they_are_called(client, talk):
    """The tests above say nothing unless each address really has its state."""
    states = dict(Registration.objects.named().values_list("email", "state"))

    expected = ["cancelled", "confirmed", "waiting", "pending"]
    assert states == {address(state): state for state in expected}
    assert Interest.objects.active().of(address("listed")).exists()
    assert limits.quiet_until(address("throttled"))
    # And the comparison sees a difference where there is one.
    other = forms(talk)["sign-up"][1] | {"name": "Andere"}
    assert answer(client, "/anmeldung/", {}, "a@b.example") != answer(
        client, "/anmeldung/", other, "a@b.example"
    )
