"""What several tests of the organisers' pages use."""

import pytest
from django.contrib.auth.models import User


@pytest.fixture
def organiser(client):
    client.force_login(User.objects.create_superuser("orga"))
    return client
