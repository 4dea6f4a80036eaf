"""The look that the worker takes once a day, and what the desk shows of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from registration.mail.domain import daily
from registration.mail.domain.findings import Finding, Grade
from registration.mail.domain.names import Names
from registration.mail.smtp import FILE_BACKEND
from registration.models.mails.domain_finding import TO_CHANGE, DomainFinding
from tests.registration.mail.domain.name_server import name_server
from webtalks.management.commands import worker

FOUND = [
    Finding("SPF", Grade.WRONG, "Fehlt.", 'town.example  TXT  "v=spf1 mx ~all"'),
    Finding("MX", Grade.FINE, "Ist da."),
]


def rows():
    return set(DomainFinding.objects.values_list("subject", "state", "text", "record"))


def expected(findings):
    return {(one.subject, one.state.value, one.text, one.record) for one in findings}


@pytest.mark.django_db
def test_each_look_replaces_the_one_before(clock):
    daily.keep([*FOUND, Finding("DKIM", Grade.UNKNOWN, "?")])
    clock.shift(86_400)
    newer = [Finding("SPF", Grade.FINE, "Gilt."), FOUND[1]]
    daily.keep(newer)

    assert rows() == expected(newer)
    assert {one.looked_at for one in DomainFinding.objects.all()} == {timezone.now()}


@pytest.mark.django_db
def test_whatever_a_record_holds_is_kept_in_short():
    daily.keep([Finding("SPF", Grade.WRONG, "Ä" * 900, "v=spf1 \0\x1b" + "x" * 900)])

    kept = DomainFinding.objects.get()
    assert (len(kept.text), "\0" in kept.record, len(kept.record) <= 500) == (500, False, True)


def test_word_for_what_is_to_change_is_one():
    assert Grade.WRONG == TO_CHANGE
    assert DomainFinding(state=Grade.WRONG).is_to_change


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("backend", "sender"),
    [(FILE_BACKEND, "talks@town.example"), (None, "webtalks@localhost")],
)
def test_site_that_is_only_tried_out_asks_nobody_and_keeps_nothing(
    settings, smtp_server, backend, sender
):
    settings.DEFAULT_FROM_EMAIL = sender
    if backend:
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": {"directory": "."}}}

    daily.keep([Finding("SPF", Grade.WRONG, "Kein Eintrag.")])

    assert daily.look_in_background() is None

    assert not DomainFinding.objects.exists()


@pytest.fixture
def town(settings):
    settings.DEFAULT_FROM_EMAIL = "talks@town.invalid"


ALL = {"SPF", "DMARC", "MX", "Mailserver", "DKIM"}


@pytest.mark.django_db(transaction=True)
def test_look_ends_whatever_name_servers_the_machine_has(town, smtp_server):
    daily.look()

    assert set(DomainFinding.objects.values_list("subject", flat=True)) in (ALL, set())


@pytest.mark.django_db(transaction=True)
def test_worker_does_not_wait_for_it(town, smtp_server, monkeypatch):
    assert worker.DUTIES[daily.look_in_background] == timedelta(days=1)
    look = daily.look

    def look_and_close():
        look()
        if connection.connection:
            connection.connection.close()  # Django's own `close` leaves a database in memory open

    monkeypatch.setattr(daily, "look", look_and_close)
    with name_server({}) as place:
        monkeypatch.setattr(daily, "Names", lambda: Names(place))
        thread = daily.look_in_background()
        thread.join(60)

    assert not thread.is_alive()
    assert set(DomainFinding.objects.values_list("subject", flat=True)) == ALL
