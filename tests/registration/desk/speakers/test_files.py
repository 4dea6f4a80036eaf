"""Proposed files at the desk: for those who may decide on them."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from registration.models import ProposedChange
from tests.events.upload_files import PDF, fetch, jpeg, upload
from tests.makers import make_groups, make_speaker_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def paths(settings, tmp_path):
    """Return where a proposed picture lies, and proposed slides."""
    settings.MEDIA_ROOT = tmp_path
    link = make_speaker_link()
    image = ProposedChange.objects.propose(link, "image", file=upload(jpeg()))
    slides = ProposedChange.objects.propose(link, "slides", file=upload(PDF, "a.pdf"))
    return [
        reverse("admin:proposed_picture", args=[image.pk, "64.jpg"]),
        reverse("admin:proposed_file", args=[slides.pk]),
    ]


def organiser(client, role):
    make_groups()
    account = User.objects.create_user("kim", is_staff=True)
    account.groups.add(Group.objects.get(name=role))
    client.force_login(account)
    return client


def test_organisers_see_proposed_files_and_nobody_keeps_them(client, paths):
    organiser(client, "Redaktion")

    answers = [fetch(client, path) for path in paths]

    assert [each["Content-Type"] for each in answers] == ["image/jpeg", "application/pdf"]
    assert answers[1].body == PDF
    assert answers[1]["Content-Disposition"] == 'attachment; filename="Folien Sina Massow.pdf"'
    for each in answers:
        assert each["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "private, no-store" in each["Cache-Control"]


def test_who_may_not_change_talks_sees_none(client, paths):
    organiser(client, "Lesend")

    assert [client.get(path).status_code for path in paths] == [403, 403]


def test_visitors_are_led_to_the_log_in(client, paths):
    assert [client.get(path).status_code for path in paths] == [302, 302]


@pytest.mark.parametrize("name", ["..", "x", "65.jpg", "64.png", "64x40.jpg "])
def test_only_sizes_that_are_there_are_served(admin_client, paths, name):
    path = paths[0].replace("64.jpg", name)

    assert admin_client.get(path).status_code == 404


def test_what_has_no_such_file_is_a_404(admin_client, paths):
    image, slides = ProposedChange.objects.order_by("pk")
    for name, args in (
        ("proposed_picture", [slides.pk, "64.jpg"]),
        ("proposed_file", [image.pk]),
        ("proposed_picture", [999_999, "64.jpg"]),
        ("proposed_file", [10**18]),
    ):
        assert admin_client.get(reverse(f"admin:{name}", args=args)).status_code == 404
