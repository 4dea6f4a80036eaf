"""A link opens the pages it was made for and no others, and opening it changes nothing."""

from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from events.models import Material
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, ProposedChange, Tally, links
from registration.urls import urlpatterns
from tests.mailbox import links as links_in
from tests.makers import make_registration, make_talk
from tests.registration.link_pages import purpose_of, token_of
from tests.registration.mail.every_kind import (
    EVERY_KIND,
    Kind,
    seated,
    speaking,
    subscribed,
)
from tests.registration.rows import all_rows
from webtalks.http.throttle import limits

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_every_kind_of_mail_has_a_case():
    assert {case.id for case in EVERY_KIND} >= FIRST
    assert {case.values[0] for case in EVERY_KIND} == set(Kind)


# The mails whose links differ most; those of all others belong to the long run.
FIRST = {
    *("please_confirm-please_confirm", "signed_up-three_talks", "given_away-hand_over"),
    *("change_address-change_address", "recap-recap_with_certificate", "news-news"),
    *("speaker_link-speaker_link", "new_password-forgotten_password", "bounced-bounced"),
}
CASES = [
    case if case.id in FIRST else pytest.param(*case.values, id=case.id, marks=pytest.mark.slow)
    for case in EVERY_KIND
]


@pytest.mark.parametrize(("kind", "make"), CASES)
def test_whoever_only_opens_the_links_of_a_mail_changes_nothing(
    client, clock, smtp_server, kind, make
):
    make(clock)
    mail = OutgoingMail.objects.filter(kind=kind).latest("pk")
    deliver_due()
    (message,) = (
        message
        for envelope in smtp_server.messages
        if (message := message_from_bytes(envelope.content, policy=policy.default))["Message-ID"]
        == mail.message_id
    )
    before = all_rows()

    # A mail to a speaker also leads to the room of a meeting, which is none of our pages.
    ours = [link for link in links_in(message) if link.startswith(settings.SITE_URL)]
    paths = [urlsplit(link).path for link in ours]
    answers = {path: client.get(path, follow=True).status_code for path in paths}
    for path in paths:
        client.head(path)
        client.options(path)

    assert answers == dict.fromkeys(paths, 200)
    assert len(paths) > 2
    assert all_rows() == before


PURPOSES = {value for name, value in vars(links).items() if name.startswith("PURPOSE_")}
TOKEN_ROUTES = [route for route in urlpatterns if "token" in route.pattern.converters]


def first_of_each_purpose():
    """Yield the routes; all but the first one of each purpose belong to the long run."""
    seen = set()
    for route in TOKEN_ROUTES:
        purpose = purpose_of(route.name)
        marks = [pytest.mark.slow] if purpose in seen else []
        seen.add(purpose)
        yield pytest.param(route, id=route.name, marks=marks)


@pytest.fixture
def address(settings, tmp_path):
    """Give a function that returns a page's address for Kim with any token."""
    settings.MEDIA_ROOT = tmp_path
    row, subscription = seated(), subscribed()
    slides = Material.objects.create(
        talk=row.talk,
        title="Folien",
        file=SimpleUploadedFile("egal.pdf", b"%PDF-1.7 Folien"),
        audience=Material.Audience.PARTICIPANTS,
    )
    link = speaking()
    ProposedChange.objects.create(link=link, field="slides", pdf=slides.file.name)
    known = {"uuid": row.uuid, "pk": slides.pk}
    known |= {"part": "talk", "kind": "slides", "field": "slides"}

    def address(route, token):
        own = {name: known[name] for name in route.pattern.converters if name in known}
        return reverse(f"registration:{route.name}", kwargs={"token": token} | own)

    address.keys = [row.key, subscription.key, link.key]
    return address


@pytest.mark.parametrize("route", [*first_of_each_purpose()])
def test_token_opens_the_pages_of_its_purpose_alone(client, settings, address, route):
    settings.THROTTLE = limits("off")  # more than thirty wrong tokens from one network
    right = purpose_of(route.name)
    answers = {key: client.get(address(route, token_of(route.name, key))) for key in address.keys}
    # A place on the interest list opens nothing of a registration or a speaker, and so on.
    (holder,) = (key for key, answer in answers.items() if answer.status_code != 404)
    for answer in answers.values():
        answer.close()
    wrong = [links.token(holder, purpose) for purpose in PURPOSES - {right}]
    wrong += [token_of(route.name, key) for key in ({*address.keys} - {holder}) | {"nobody"}]
    wrong += [links.token("nobody", right), links.token("", right), "x.y", "x"]
    before = all_rows(Tally)

    for token in wrong:
        for method in (client.get, client.post):
            response = method(address(route, token))
            assert response.status_code == 404
            assert response.templates[0].name == "registration/link_invalid.html"
            assert "no-store" in response["Cache-Control"]

    assert all_rows(Tally) == before


@pytest.mark.parametrize(
    "route",
    [route for route in TOKEN_ROUTES if {"uuid", "pk"} & set(route.pattern.converters)],
    ids=lambda route: route.name,
)
def test_token_reaches_nothing_of_somebody_elses_talk(client, address, route):
    stranger = make_registration(make_talk(title="Anderer"), email="lea@stadt.example")
    token = links.token(stranger.key, links.PURPOSE_MINE)
    before = all_rows()

    answers = [method(address(route, token)) for method in (client.get, client.post)]

    assert [response.status_code for response in answers] == [404, 404]
    assert all_rows() == before
