import pytest
from django.db.migrations.recorder import MigrationRecorder

from registration.models import heartbeat
from tests.makers import make_registration


def test_alive_asks_no_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_tells_how_long_mails_wait_and_when_a_worker_was_seen(client, clock):
    assert client.get("/readyz").json()["worker_seen_seconds"] is None
    make_registration()
    clock.shift(30)
    heartbeat.beat()
    clock.shift(60)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "database": "ok",
        "migrations": "ok",
        "pages": "ok",
        "uploads": "ok",
        "oldest_due_mail_seconds": 90,
        "worker_seen_seconds": 60,
    }


@pytest.mark.django_db
def test_not_ready_while_migrations_are_pending(client):
    MigrationRecorder.Migration.objects.filter(app="registration").delete()

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (
        503,
        {"database": "ok", "migrations": "pending"},
    )


@pytest.mark.django_db
def test_not_ready_while_no_page_can_be_rendered(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path

    response = client.get("/readyz")

    assert (response.status_code, response.json()["pages"]) == (503, "cannot be rendered")


@pytest.mark.django_db
def test_ready_tells_that_uploads_cannot_be_stored(client, settings, tmp_path):
    (tmp_path / "file").touch()
    for folder, found in (("", "ok"), ("new/media", "ok"), ("file/media", "cannot be stored")):
        settings.MEDIA_ROOT = tmp_path / folder

        response = client.get("/readyz")

        assert (response.status_code, response.json()["uploads"]) == (200, found)
