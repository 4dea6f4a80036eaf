"""Which part of the handbook tells of which page of the organisers; each page leads to its own.

The link stands beside the title (templates/admin/base_site.html).
"""

from django.http import HttpRequest
from django.urls import reverse

# The heading's anchor, and the names of the pages below `admin:`.
PAGES: dict[str, tuple[str, ...]] = {
    "anmelden-und-ihr-konto": ("password_change",),
    "ihr-profil": ("profile", "profile_address"),
    "einen-talk-eintragen": (
        "events_talk_changelist",
        "events_talk_add",
        "events_talk_change",
    ),
    "referentinnen-und-referenten-einbeziehen": ("speaker_links",),
    "was-referentinnen-und-referenten-vorschlagen": ("speaker_proposals",),
    "einwilligungen-und-widerruf": ("speaker_consents", "withdraw_consent"),
    "zugang-und-technik": ("enter_way_in",),
    "der-talk-wird-angekündigt": ("announcement",),
    "die-angemeldeten": ("registration_registration_changelist", "sign_ups"),
    "eine-person-eine-seite": (
        "registration_registration_person",
        "correct_registration",
        "act_on_registration",
    ),
    "jemand-meldet-sich-am-telefon-an": ("add_participant",),
    "auf-papier-und-als-datei": (
        "export_registrations",
        "print_participants",
        "print_questions",
    ),
    "eine-nachricht-schreiben": (
        "registration_message_changelist",
        "registration_message_add",
        "registration_message_change",
        "check_message",
        "plan_message",
        "stop_message",
        "delete_draft",
    ),
    "ein-termin-ändert-sich": ("tell_of_change",),
    "wer-war-dabei": ("import_attendance", "review_attendance"),
    "bescheinigungen": ("print_certificates", "person_certificate"),
    "unterlagen-verschicken": ("recap_mail",),
    "rückmeldungen": ("talk_feedback", "remove_feedback_text"),
    "orte-nachtragen": ("missing_towns",),
    "zahlen-für-den-bericht": ("statistics",),
    "der-bericht-an-den-förderer": ("funder_report", "funder_goals"),
    "eine-kommune-möchte-berichten": (
        "registration_offer_changelist",
        "registration_offer_change",
    ),
    "jemand-möchte-die-eigenen-daten": (
        "find_person",
        "person_data",
        "erase_person",
        "registration_interest_changelist",
        "registration_erasure_changelist",
    ),
    "was-aus-einer-mail-wurde": (
        "registration_outgoingmail_changelist",
        "registration_outgoingmail_change",
        "mail_domain",
    ),
    "wie-eine-mail-aussieht": ("mail_previews", "mail_preview"),
    "wer-hat-was-geändert": ("events_talk_history",),
    "die-reihe-und-die-rechtsseiten": (
        "events_series_changelist",
        "events_series_add",
        "events_series_change",
        "events_topic_changelist",
        "events_municipality_changelist",
    ),
    "das-team": ("team", "team_invite", "team_member", "team_access"),
}
ANCHORS = {f"admin:{name}": anchor for anchor, names in PAGES.items() for name in names} | {
    "first_page": "die-erste-seite",
    "desk_search": "etwas-finden",
    "second_factor": "das-erste-mal",
}


def link_for(request: HttpRequest) -> str:
    """Return where the handbook tells of the page that was asked for; "" if it does not."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    anchor = ANCHORS.get(page)
    return f"{reverse('admin:handbook')}#{anchor}" if anchor else ""
