"""What Prometheus reads, and who may ask."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registration.mail.domain import daily
from registration.mail.domain.findings import Finding, Grade
from registration.models import BounceMailbox, Registration, heartbeat
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

EXPOSITION = """\
# HELP webtalks_registrations Registrations for talks that are not over.
# TYPE webtalks_registrations gauge
webtalks_registrations{state="pending"} 1
webtalks_registrations{state="confirmed"} 1
webtalks_registrations{state="waiting"} 1
webtalks_registrations{state="cancelled"} 1
# HELP webtalks_mails Mails that wait; others of the last 14 days.
# TYPE webtalks_mails gauge
webtalks_mails{state="queued"} 4
webtalks_mails{state="held"} 0
webtalks_mails{state="sent"} 0
webtalks_mails{state="failed"} 0
webtalks_mails{state="obsolete"} 1
# HELP webtalks_mails_bounced Mails of the last 14 days that came back after a server took them.
# TYPE webtalks_mails_bounced gauge
webtalks_mails_bounced 0
# HELP webtalks_oldest_due_mail_seconds Since when the oldest mail waits that should have gone out.
# TYPE webtalks_oldest_due_mail_seconds gauge
webtalks_oldest_due_mail_seconds 60
# HELP webtalks_worker_seen_seconds Since when no worker was seen; absent if none ever was.
# TYPE webtalks_worker_seen_seconds gauge
webtalks_worker_seen_seconds 60
# HELP webtalks_bounces_read_seconds Since the bounce mailbox was read; absent if it never was.
# TYPE webtalks_bounces_read_seconds gauge
# HELP webtalks_domain_faults Faults of the sender's domain, as of the daily look.
# TYPE webtalks_domain_faults gauge
webtalks_domain_faults 0
"""


def test_metrics_say_how_many_are_in_which_state(client, clock):
    full = make_talk(capacity=1)
    left = make_registration(full, email="a@stadt.example")
    left.cancel()
    make_registration(full, email="b@stadt.example")
    make_registration(full, email="c@stadt.example")
    make_registration(full, email="d@stadt.example", must_confirm=True)
    full.registrations.first().mails.queued().update(state="obsolete")
    heartbeat.beat()
    clock.shift(60)

    response = client.get("/metrics")

    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.content.decode() == EXPOSITION


def test_talks_that_are_over_are_not_counted_and_cost_nothing(client, clock):
    make_registration(make_talk())
    clock.shift(30 * 24 * 3600)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/metrics").content.decode()

    assert Registration.objects.count() == 1
    assert 'webtalks_registrations{state="confirmed"} 0\n' in page
    assert len(queries) == 2


def test_worker_that_was_never_seen_has_no_sample(client):
    assert "webtalks_worker_seen_seconds 0" not in client.get("/metrics").content.decode()


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("", {}, 404),
        ("192.0.2.7", {}, 404),
        ("192.0.2.7", {"Authorization": "Bearer geheim-ä"}, 404),
        ("192.0.2.7", {"Authorization": "Bearer "}, 404),
        ("192.0.2.7", {"Authorization": "Basic geheim"}, 404),
        ("192.0.2.7", {"Authorization": "Bearer geheim"}, 200),
    ],
)
def test_numbers_are_for_this_machine_and_who_has_the_token(
    client, settings, address, headers, status
):
    settings.METRICS_TOKEN = "geheim"

    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "localhost"])
def test_watcher_on_this_machine_calls_it_as_it_likes(client, settings, host, path):
    settings.ALLOWED_HOSTS, settings.SITE_HOST = ["talks.example"], "talks.example"

    assert client.get(path, HTTP_HOST=host).status_code == 200
    for elsewhere in ({"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}):
        assert client.get(path, HTTP_HOST=host, **elsewhere).status_code == 400
    assert client.get("/", HTTP_HOST=host).status_code == 400


def test_without_a_token_no_token_opens(client):
    answer = client.get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR="192.0.2.7")

    assert answer.status_code == 404


def test_metrics_say_since_when_the_bounce_mailbox_was_not_read(client, clock, settings):
    BounceMailbox.load().release()
    clock.shift(90)
    without = client.get("/metrics").content.decode()
    settings.BOUNCE_URL = "imaps://rueck:geheim@mail.stadt.example"

    assert "webtalks_bounces_read_seconds 90\n" not in without
    assert "webtalks_bounces_read_seconds 90\n" in client.get("/metrics").content.decode()


def test_metrics_say_how_much_is_wrong_with_the_senders_domain(client):
    daily.keep(
        [
            Finding("SPF", Grade.WRONG, "Fehlt."),
            Finding("MX", Grade.WRONG, "Fehlt."),
            Finding("DMARC", Grade.FINE, "Gilt."),
            Finding("DKIM", Grade.UNKNOWN, "?"),
        ]
    )

    assert "webtalks_domain_faults 2\n" in client.get("/metrics").content.decode()
