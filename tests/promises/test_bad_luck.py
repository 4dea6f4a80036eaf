"""Scanners, double clicks, wrong tokens, dead addresses, the end of summer time."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from events.models import Material
from registration.invariants import violations
from registration.mail.deliver import LAST_MAIL_REFUSED, Outcome, deliver_due
from registration.mail.reminders import plan_due
from registration.models import OutgoingMail, Tally, links
from registration.urls import urlpatterns
from tests.conftest import BERLIN
from tests.mailbox import Mailbox
from tests.mailbox import links as links_in
from tests.makers import make_registration, make_talk
from tests.registration.mail.occasions import CASES, KIM, OPENS, Kind, dump, seated, subscribed
from webtalks.http.limits import limits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_every_kind_of_mail_has_a_case():
    assert {case.values[0] for case in CASES} == set(Kind)


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
    before = dump()

    paths = [urlsplit(link).path for link in links_in(message)]
    answers = {path: client.get(path, follow=True).status_code for path in paths}
    for path in paths:
        client.head(path)
        client.options(path)

    assert answers == dict.fromkeys(paths, 200)
    assert len(paths) > 2
    assert dump() == before


@pytest.mark.parametrize(("kind", "make"), CASES)
def test_address_that_bounces_for_good_costs_the_mail_alone(
    client, admin_user, clock, smtp_server, kind, make
):
    make(clock)
    due = list(OutgoingMail.objects.due().order_by("priority", "not_before", "pk"))
    mail = next(mail for mail in reversed(due) if mail.kind == kind)
    recipient, before = mail.recipient, dump(OutgoingMail)
    smtp_server.answers["RCPT"] = ["250 OK"] * due.index(mail) + ["550 no such user"]

    outcomes = deliver_due()

    assert outcomes == [Outcome.FAILED if sent == mail else Outcome.SENT for sent in due]
    assert dump(OutgoingMail) == before
    assert list(violations()) == []
    mail.refresh_from_db()
    # Nobody could correct the address of a person whose data are gone.
    shown = (
        ("", LAST_MAIL_REFUSED)
        if kind in OutgoingMail.LAST_KINDS
        else (recipient, "550 no such user")
    )
    assert (mail.state, mail.recipient, mail.last_error) == ("failed", *shown)
    assert deliver_due() == []
    client.force_login(admin_user)
    page = client.get(
        reverse("admin:registration_outgoingmail_changelist"), {"state__exact": "failed"}
    )
    assert list(page.context["cl"].result_list) == [mail]


PURPOSES = {value for name, value in vars(links).items() if name.startswith("PURPOSE_")}
TOKEN_ROUTES = [route for route in urlpatterns if "token" in route.pattern.converters]


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
    known = {"uuid": row.uuid, "pk": slides.pk}

    def address(route, token):
        own = {name: known[name] for name in route.pattern.converters if name in known}
        return reverse(f"registration:{route.name}", kwargs={"token": token} | own)

    address.keys = [row.key, subscription.key]
    return address


@pytest.mark.parametrize("route", TOKEN_ROUTES, ids=lambda route: route.name)
def test_token_opens_the_pages_of_its_purpose_alone(client, settings, address, route):
    settings.THROTTLE = limits("off")  # more than thirty wrong tokens from one network
    right = OPENS.get(route.name, links.PURPOSE_MINE)
    wrong = [links.token(key, purpose) for key in address.keys for purpose in PURPOSES - {right}]
    wrong += [links.token("nobody", right), links.token("", right), "x.y", "x"]
    before = dump(Tally)

    for token in wrong:
        for method in (client.get, client.post):
            response = method(address(route, token))
            assert response.status_code == 404
            assert response.templates[0].name == "registration/link_invalid.html"
            assert "no-store" in response["Cache-Control"]

    assert dump(Tally) == before
    # A place on the interest list opens nothing of a registration, nor the other way round.
    answers = [client.get(address(route, links.token(key, right))) for key in address.keys]
    assert sorted(response.status_code == 404 for response in answers) == [False, True]
    for response in answers:
        response.close()


@pytest.mark.parametrize(
    "route",
    [route for route in TOKEN_ROUTES if {"uuid", "pk"} & set(route.pattern.converters)],
    ids=lambda route: route.name,
)
def test_token_reaches_nothing_of_somebody_elses_talk(client, address, route):
    stranger = make_registration(make_talk(title="Anderer"), email="lea@stadt.example")
    token = links.token(stranger.key, links.PURPOSE_MINE)
    before = dump()

    answers = [method(address(route, token)) for method in (client.get, client.post)]

    # Opened by GET, the page of a button only leads back.
    assert [response.status_code for response in answers] in ([404, 404], [302, 404])
    assert dump() == before


SUMMER_TIME_ENDS = datetime(2025, 10, 26, 10, 0, tzinfo=BERLIN)
SUMMER_TIME_BEGINS = datetime(2026, 3, 29, 10, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("starts_at", "hours"), [(SUMMER_TIME_ENDS, 25), (SUMMER_TIME_BEGINS, 23)]
)
def test_clock_change_between_sign_up_and_talk_moves_no_time_on_the_wall(
    clock, smtp_server, starts_at, hours
):
    clock.move_to(starts_at - timedelta(days=30))
    make_registration(make_talk(starts_at=starts_at))
    day_before = starts_at - timedelta(days=1)
    assert starts_at.timestamp() - day_before.timestamp() == hours * 3600
    sent = []

    # In UTC: the clock on the wall leaps in between.
    for moment in (day_before.astimezone(UTC), starts_at.astimezone(UTC) - timedelta(hours=1)):
        for early in (timedelta(seconds=1), timedelta(0)):
            clock.move_to(moment - early)
            plan_due()
            deliver_due()
            sent.append(len(smtp_server.messages))

    assert sent == [1, 2, 2, 3]
    kim = Mailbox(smtp_server, KIM)
    assert kim.subjects == ["Anmeldung bestätigt", "Morgen", "Gleich geht es los"]
    texts = [message.get_body(("plain",)).get_content() for message in kim.messages]
    assert all(", 10–11\xa0Uhr, online" in text for text in texts)
    ((start, end, _),) = kim.calendar.values()
    assert [(time.hour, time.utcoffset()) for time in (start, end)] == [
        (10, starts_at.utcoffset()),
        (11, starts_at.utcoffset()),
    ]
