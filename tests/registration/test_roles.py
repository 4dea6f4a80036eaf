"""Who may do what: every page and every action of the admin, for each group."""

import re
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.template.base import Template
from django.urls import reverse

from events.models import Municipality, Series, Topic
from registration.models import Consent, Erasure, Interest, Message, OutgoingMail, Registration
from tests.makers import make_groups, make_offer, make_registration, make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

READ = {"changelist", "change", "history"}
# `autocomplete` offers the towns, and needs the right to read these.
TALK = READ | {"autocomplete"}
EDIT = READ | {"save"}
EVERYTHING = EDIT | {"add", "delete"}

# What each group gets: all else answers 403. `save` is sending the form of a row.
ALLOWED = {
    "Redaktion": {
        "talk": EVERYTHING | {"duplicate", "autocomplete"},
        "municipality": EVERYTHING,
        "topic": EVERYTHING,
        "series": EDIT,  # its one row is there already
        "offer": READ,
    },
    "Teilnehmende": {
        "talk": TALK,
        "municipality": READ,
        # They change through verbs, not through their form.
        "registration": READ,
        "outgoingmail": READ,
        "message": EDIT | {"add"},
        **dict.fromkeys(["interest", "offer", "erasure"], READ),
    },
    "Lesend": {"talk": TALK, "municipality": READ, "topic": READ, "series": READ},
    "nobody": {},
}
# Pages about people, and what is written to them.
PEOPLES_PAGES = re.findall(
    r"\w+",
    """add_participant import_attendance review_attendance discard_attendance
    print_participants print_questions print_certificates certificates_pdf
    person_certificate person_certificate_pdf correct_registration check_message
    message_html plan_message test_message release_message stop_message resume_message
    delete_draft recap_mail mail_domain mail_previews mail_preview mail_preview_html
    recap_mail_html export_registrations find_person person_data person_letter
    registration_registration_person act_on_registration resend_mail erase_person
    missing_towns""",
)
REPORT = ["funder_report", "funder_report_pdf", "funder_report_xlsx"]
# What their addresses name.
ABOUT_TALK = re.findall(
    r"\w+",
    """add_participant import_attendance print_participants print_questions print_certificates
    certificates_pdf review_attendance discard_attendance tell_of_change tell_of_change_html
    announcement events_talk_duplicate recap_mail sign_ups talk_feedback remove_feedback_text
    speaker_consents speaker_links speaker_proposals""",
)
ABOUT_MESSAGE = ["test_message", "release_message", "stop_message", "resume_message"]
ABOUT_MESSAGE += ["delete_draft"]
ABOUT_NOTHING = re.findall(
    r"\w+",
    """mail_previews mail_domain find_person person_data person_letter export_registrations
    erase_person missing_towns statistics statistics_xlsx newest_funder_report team team_invite
    profile profile_address handbook""",
)
ABOUT_ONE = ["correct_registration", "person_certificate", "person_certificate_pdf"]
OF_EDITORS = re.findall(
    r"\w+",
    """speaker_consents withdraw_consent speaker_links speaker_proposals proposed_picture
    proposed_file remove_feedback_text funder_goals tell_of_change tell_of_change_html
    events_talk_duplicate announcement""",
)
FIGURES = ["statistics", "statistics_xlsx", "sign_ups", "talk_feedback"]
FIGURES += ["newest_funder_report", *REPORT]
# Pages beside those of Django, and who may open them.
OTHER_PAGES = {
    # About people, and what is written to them.
    **dict.fromkeys(PEOPLES_PAGES, {"Teilnehmende"}),
    "enter_way_in": {"Redaktion", "Teilnehmende"},
    **dict.fromkeys(["team", "team_invite", "team_member", "team_act", "team_access"], set()),
    # One's own.
    **dict.fromkeys(["profile", "profile_address", "handbook", "handbook_picture"], set(ALLOWED)),
    **dict.fromkeys(OF_EDITORS, {"Redaktion"}),
    **dict.fromkeys(FIGURES, {"Redaktion", "Teilnehmende", "Lesend"}),
}
# Of Django's own: for everybody who may enter, or asked for by a page in ALLOWED.
DJANGOS = {"index", "login", "logout", "password_change", "password_change_done"} | {
    "autocomplete",
    "jsi18n",
    "view_on_site",
    "app_list",
    "auth_user_password_change",
}
ANSWERING = {"Redaktion", "Teilnehmende"}
# Actions of the lists, and who may carry them out.
ACTIONS = {
    ("talk", "delete_selected"): {"Redaktion"},
    ("topic", "delete_selected"): {"Redaktion"},
    ("registration", "cancel_selected"): {"Teilnehmende"},
    ("registration", "promote_selected"): {"Teilnehmende"},
    ("registration", "confirm_selected"): {"Teilnehmende"},
    ("registration", "mark_present_selected"): {"Teilnehmende"},
    ("registration", "take_back_mark_selected"): {"Teilnehmende"},
    ("outgoingmail", "resend_selected"): {"Teilnehmende"},
    ("outgoingmail", "release_selected"): {"Teilnehmende"},
    ("outgoingmail", "discard_selected"): {"Teilnehmende"},
    ("interest", "withdraw_selected"): {"Teilnehmende"},
    **{("offer", f"{verb}_selected"): ANSWERING for verb in ("answer", "reopen", "erase")},
    ("user", "delete_selected"): set(),
    ("user", "remove_second_factor"): set(),
    ("user", "unlock"): set(),
    ("group", "delete_selected"): set(),
}


@pytest.fixture(autouse=True)
def roles():
    make_groups()


@pytest.fixture(params=["asked", pytest.param("drawn", marks=pytest.mark.slow)])
def _pages(request, monkeypatch):
    """Draw the pages in the long run alone: what a walk looks at is how each of them answers."""
    if request.param == "asked":
        monkeypatch.setattr(Template, "_render", lambda *_: "")


def log_in(client, role):
    user = User.objects.create_user("orga", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    client.force_login(user)
    return user


def rows() -> dict:
    """Return a row of every registered model that can be deleted where deleting is allowed."""
    Series.objects.create()
    make_registration(make_talk(title="Mit Leuten", town="Vrees"))
    made = {
        "talk": make_talk(title="Ohne Leute"),
        "municipality": Municipality.objects.create(name="Größenau", land="Hessen"),
        "topic": Topic.objects.create(name="Wärme & Licht"),
        "series": Series.objects.get(),
        "registration": Registration.objects.get(),
        "outgoingmail": OutgoingMail.objects.get(),
        "message": Message.objects.create(
            talk=Registration.objects.get().talk, subject="Hinweis", text="Bis dann!"
        ),
        "interest": Interest.objects.create(email="a@b.example", email_key="a@b.example"),
        "offer": make_offer(),
        "erasure": Erasure.objects.create(uuid=uuid4(), kind="interest"),
        "user": User.objects.create_user("kim"),
        "group": Group.objects.create(name="Gruppe"),
    }
    assert {model._meta.model_name for model in admin.site._registry} == set(made)
    return made


def answers(client, row) -> set[str]:
    """Return which pages of the row and its model do not answer 403."""
    meta = row._meta
    name = f"admin:{meta.app_label}_{meta.model_name}"
    change = reverse(f"{name}_change", args=[row.pk])
    delete = reverse(f"{name}_delete", args=[row.pk])
    requests = {
        "changelist": lambda: client.get(reverse(f"{name}_changelist")),
        "add": lambda: client.get(reverse(f"{name}_add")),
        "change": lambda: client.get(change),
        "history": lambda: client.get(reverse(f"{name}_history", args=[row.pk])),
        "save": lambda: client.post(change, {"name": "x"}),
        "delete": lambda: client.get(delete),
    }
    if meta.model_name == "talk":
        duplicate = reverse("admin:events_talk_duplicate", args=[row.pk])
        requests["duplicate"] = lambda: client.post(duplicate)
        town = {"app_label": "events", "model_name": "talk", "field_name": "municipality"}
        requests["autocomplete"] = lambda: client.get(
            reverse("admin:autocomplete"), town | {"term": "x"}
        )
    return {page for page, request in requests.items() if request().status_code != 403}


@pytest.mark.usefixtures("_pages")
@pytest.mark.parametrize("role", ALLOWED)
def test_every_page_is_open_to_whom_it_is_for(client, role):
    found = rows()
    log_in(client, role)

    given = {model: pages for model, row in found.items() if (pages := answers(client, row))}

    assert given == ALLOWED[role]


def page_names(patterns) -> set[str]:
    """Return the names of all pages of the admin."""
    names = set()
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            names |= page_names(pattern.url_patterns)
        elif pattern.name:
            names.add(pattern.name)
    return names


def test_every_page_is_known():
    models = {
        f"{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model in admin.site._registry
        for page in ("changelist", "add", "change", "history", "delete")
    }

    assert page_names(admin.site.get_urls()) == models | DJANGOS | set(OTHER_PAGES)


@pytest.mark.usefixtures("_pages")
@pytest.mark.parametrize("role", ALLOWED)
def test_other_pages_are_open_to_whom_they_are_for(client, role):
    found = rows()
    talk = found["talk"]
    log_in(client, role)
    arguments = {
        "check_message": [found["message"].pk],
        "message_html": [found["message"].pk],
        "plan_message": [found["message"].pk],
        **dict.fromkeys(ABOUT_MESSAGE, [found["message"].pk]),
        **dict.fromkeys(ABOUT_TALK, [talk.pk]),
        **dict.fromkeys(ABOUT_ONE, [found["registration"].pk]),
        "recap_mail_html": [talk.pk, "mit"],
        **dict.fromkeys(["mail_preview", "mail_preview_html"], ["signed_up"]),
        **dict.fromkeys(ABOUT_NOTHING, []),
        "registration_registration_person": [found["registration"].pk],
        "act_on_registration": [found["registration"].pk, "abmelden"],
        "resend_mail": [found["registration"].pk, found["outgoingmail"].pk],
        **dict.fromkeys([*REPORT, "funder_goals"], [2025]),
        "withdraw_consent": [talk.pk, Consent.objects.create(talk=talk, kind="slides").pk],
        "enter_way_in": [talk.pk],
        **dict.fromkeys(["team_member", "team_act", "team_access", "proposed_file"], [1]),
        **{"handbook_picture": ["startseite"], "proposed_picture": [1, "64.jpg"]},
    }
    # They answer to POST alone, whoever asks.
    by_post = ["events_talk_duplicate", "test_message", "release_message", "resume_message"]
    by_post += ["team_act", "resend_mail", "remove_feedback_text", "discard_attendance"]
    send = dict.fromkeys(by_post, client.post)

    statuses = {}
    for name, args in arguments.items():
        response = send.get(name, client.get)(reverse(f"admin:{name}", args=args))
        statuses[name] = response.status_code
        response.getvalue()  # reads and closes what is a file
    open_pages = {name for name, status in statuses.items() if status != 403}
    assert open_pages == {name for name, allowed in OTHER_PAGES.items() if role in allowed}


@pytest.mark.parametrize("role", ALLOWED)
def test_accounts_are_for_administrators_alone(client, role):
    user = User.objects.create_user("kim")
    log_in(client, role)

    address = reverse("admin:auth_user_password_change", args=[user.pk])
    assert client.get(address).status_code == 403


def test_every_action_is_known():
    request = type("Request", (), {"user": User.objects.create_superuser("chef"), "GET": {}})()
    actions = {
        (model._meta.model_name, name)
        for model, page in admin.site._registry.items()
        for name in page.get_actions(request)
    }

    assert actions == set(ACTIONS)


@pytest.mark.parametrize("role", ALLOWED)
def test_every_action_is_offered_to_whom_it_is_for(client, role):
    rows()
    log_in(client, role)
    offered = set()
    for model, page in admin.site._registry.items():
        meta = model._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        html = client.get(address).content.decode()
        offered |= {
            (meta.model_name, name)
            for name in [*(page.actions or ()), "delete_selected"]
            if f'value="{name}"' in html
        }

    assert offered == {action for action, allowed in ACTIONS.items() if role in allowed}


@pytest.mark.parametrize("role", ["Lesend", "Redaktion"])
def test_action_that_is_not_offered_does_nothing(client, role):
    row = rows()["registration"]
    log_in(client, role)

    client.post(
        reverse("admin:registration_registration_changelist"),
        {"action": "cancel_selected", "_selected_action": [row.pk], "ja": "cancel_selected"},
    )

    row.refresh_from_db()
    assert row.state == "confirmed"
