"""What holds for the talks on offer, beneath the sign-up form; rendered once per edition."""

from django.template.loader import render_to_string

from events.models import Talk
from events.models.facts import TalkFacts
from events.pages.edition import Edition


def html(edition: Edition) -> str:
    return edition.piece(("facts",), lambda: _render(edition))


def _render(edition: Edition) -> str:
    groups = talks_by_facts(edition)
    context = {
        "series": edition.series,
        "groups": [(facts, talks) for facts, talks in groups.items() if facts.lines],
        "several": len(groups) > 1,
    }
    return render_to_string("registration/_facts.html", context)


def talks_by_facts(edition: Edition) -> dict[TalkFacts, list[Talk]]:
    """Return the talks on offer, those for which the same holds together."""
    groups: dict[TalkFacts, list[Talk]] = {}
    for talk in edition.bookable:
        groups.setdefault(talk.facts_in(edition.series), []).append(talk)
    return groups
