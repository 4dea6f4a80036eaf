"""Addresses that take a form, and which of them a test visits when."""

from datetime import timedelta

import pytest
from django.urls import reverse

from registration.models import Interest, links
from tests.makers import make_registration, make_speaker_link, make_talk


def public_addresses():
    """Return every public address that takes a POST, with links that are good."""
    talk = make_talk(starts_in=timedelta(days=2))
    row = make_registration(talk)
    make_registration(make_talk(title="Fragt", double_opt_in=True))
    interest = Interest.objects.ask("lea@stadt.example")
    mine = [links.token(row.key, links.PURPOSE_MINE)]
    speaker = make_speaker_link(talk)

    def of(view, key, purpose):
        return reverse(f"registration:{view}", args=[links.token(key, purpose)])

    own = ["mine", "details", "erase"]
    about_one = ["cancel", "come_back", "hand_over"]
    return [
        *(reverse(f"registration:{view}") for view in ("form", "lost_link", "interest")),
        reverse("registration:ask_for_way_in", args=[talk.slug]),
        *(reverse(f"registration:{view}", args=mine) for view in own),
        *(reverse(f"registration:{view}", args=[*mine, row.uuid]) for view in about_one),
        of("confirm", row.key, links.PURPOSE_CONFIRM),
        of("not_me", row.key, links.PURPOSE_NOT_ME),
        of("join", row.key, links.PURPOSE_JOIN),
        of("reminders", row.key, links.PURPOSE_REMINDERS),
        of("recap_off", row.key, links.PURPOSE_RECAP),
        of("interest_confirm", interest.key, links.PURPOSE_INTEREST_CONFIRM),
        of("interest_mine", interest.key, links.PURPOSE_INTEREST),
        of("interest_end", interest.key, links.PURPOSE_INTEREST),
        reverse("registration:speaker", args=[speaker.token]),
        reverse("registration:speaker_part", args=[speaker.token, "talk"]),
        reverse("registration:speaker_take_back", args=[speaker.token, "talk"]),
        "/admin/login/",
    ]


def some_addresses():
    """Return a form for everybody, one behind a link, and the door of the admin."""
    row = make_registration(make_talk(starts_in=timedelta(days=2)))
    mine = [links.token(row.key, links.PURPOSE_MINE)]
    form, details = reverse("registration:form"), reverse("registration:details", args=mine)
    return [form, details, "/admin/login/"]


def everywhere(names, in_the_gate):
    """Return the names; the long run alone visits every address with most of them."""
    return [
        pytest.param(name, marks=[] if name in in_the_gate else pytest.mark.slow) for name in names
    ]


def somewhere(names, in_the_gate):
    """Return the other names; databases differ in what they make of a NUL alone."""
    return [
        pytest.param(name, marks=[] if "NUL" in name else pytest.mark.once)
        for name in names
        if name not in in_the_gate
    ]
