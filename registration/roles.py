"""What organisers may do: three groups, each with the least it needs.

Only accounts with all rights (superusers) manage accounts. Migrations create the groups: a change
here needs a new one, and tests/upgrade/test_upgrade.py compares.
"""

ALL = ("view", "add", "change", "delete")

ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    "Redaktion": {
        "talk": ALL,
        "speaker": ALL,
        "material": ALL,
        "practiceprofile": ALL,
        "topic": ALL,
        "municipality": ALL,
        "series": ("view", "add", "change"),
        "offer": ("view", "change"),
    },
    # They see the talks, because they choose their people by them, and give them the way in.
    "Teilnehmende": {
        "talk": ("view", "enter_way_in"),
        "speaker": ("view",),
        "municipality": ("view",),
        "registration": ("view", "change", "export", "erase"),
        "interest": ("view", "change"),
        "erasure": ("view",),
        "outgoingmail": ("view", "change"),
        "message": ("view", "add", "change"),
        "offer": ("view", "change"),
    },
    # No personal data: for whoever only wants to follow the series.
    "Lesend": {
        "talk": ("view",),
        "speaker": ("view",),
        "material": ("view",),
        "practiceprofile": ("view",),
        "topic": ("view",),
        "municipality": ("view",),
        "series": ("view",),
    },
}

# All rights, and the accounts of all others: a superuser.
LEAD = "Leitung"
# What each may do, in one sentence.
IN_WORDS = {
    LEAD: "Darf alles, auch Kolleginnen und Kollegen einladen und deren Zugang beenden.",
    "Redaktion": "Trägt Talks ein, veröffentlicht und ändert sie, beantwortet Angebote von "
    "Kommunen; sieht keine Namen von Angemeldeten.",
    "Teilnehmende": "Betreut die Angemeldeten, schreibt ihnen und trägt den Zugangslink ein.",
    "Lesend": "Sieht Talks und Statistik, ändert nichts und sieht keine Namen.",
}


def codenames(role: str) -> set[str]:
    return {f"{verb}_{model}" for model, verbs in ROLES[role].items() for verb in verbs}
