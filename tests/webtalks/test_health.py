import pytest
from django.db.migrations.recorder import MigrationRecorder

from tests.makers import make_registration


def test_alive_asks_no_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_tells_the_age_of_the_oldest_due_mail(client, clock):
    make_registration()
    clock.shift(90)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "database": "ok",
        "migrations": "ok",
        "oldest_due_mail_seconds": 90,
    }


@pytest.mark.django_db
def test_not_ready_while_migrations_are_pending(client):
    MigrationRecorder.Migration.objects.filter(app="registration").delete()

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (
        503,
        {"database": "ok", "migrations": "pending"},
    )
