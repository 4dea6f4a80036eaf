"""What stands in the list of a mail program: state, date, title."""

import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.timezone import localtime

from events.dates import day_month_text

if TYPE_CHECKING:
    from events.models.talk import Talk

LONGEST = 78  # characters, as people read it
ELLIPSIS = "…"


def about(talks: "Sequence[Talk]") -> str:
    """Return what follows the state: `29. Oktober, 10 Uhr: Title`; of several the first day."""
    first = min(talks, key=lambda talk: talk.starts_at)
    if len(talks) > 1:
        return f"ab {first.day_month_text}: {len(talks)} Web-Talks"
    return about_moment(first.starts_at, first)


def about_moment(moment: datetime, talk: "Talk") -> str:
    """Return the same for something else that belongs to the talk, such as its technical check."""
    start = localtime(moment)
    time = f"{start.hour}:{start.minute:02}" if start.minute else f"{start.hour}"
    return f"{day_month_text(start)}, {time} Uhr: {talk.title}"


def fitting(subject: str) -> str:
    """Return the subject on one line, its end (the title) cut where it is too long."""
    line = " ".join(subject.split())
    if len(line) <= LONGEST:
        return line
    cut = textwrap.shorten(
        line, LONGEST, placeholder=f" {ELLIPSIS}", break_long_words=False, break_on_hyphens=False
    )
    # Where one long word would take most of it away, the word is cut.
    return cut if len(cut) > LONGEST // 2 else line[: LONGEST - 1] + ELLIPSIS
