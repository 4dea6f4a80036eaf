"""Which numbers of people from a town may be printed, so that none can be worked out that is not.

A few people from one town could be recognised. Their number stands as `< 5`; but the sum of all
people is printed too, and what is left of it after the numbers printed is what the hidden ones
have together, with the people whose town is not known. If that rest is no more than one person for
each hidden town, all are told. Then more is hidden.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from events.dates import NBSP

# A smaller number of people from one town is never printed.
FEWEST = 5


@dataclass(frozen=True)
class SmallNumbers:
    """How the numbers of people from some towns are told."""

    # The number of each town.
    people: list[int]
    without_town: int

    @cached_property
    def least(self) -> int | None:
        """From how many people on a town's number is told; None: the towns are not named."""
        return least_shown(self.people, self.without_town)

    def shown(self, number: int) -> int | str:
        """Return the number of a town's people as it is told."""
        if self.least is None:
            return ""
        return number if number >= self.least else f"<{NBSP}{self.least}"

    @property
    def hidden(self) -> list[int]:
        return [number for number in self.people if self.least is None or number < self.least]

    @property
    def rest(self) -> int:
        """How many are in no number of a town that is told."""
        return self.without_town + sum(self.hidden)

    @property
    def rest_label(self) -> str:
        """What `rest` counts."""
        if not self.hidden:
            return "Angemeldet ohne Ort"
        few = self.least or FEWEST
        return f"Angemeldet ohne Ort oder aus Orten mit weniger als {few} Angemeldeten"


def least_shown(people: Iterable[int], without_town: int) -> int | None:
    """Return from how many people on a town's number may be printed.

    `people` has the number of each town. None: every number would be told by the sum alone, so
    the towns may not be named at all.
    """
    numbers, least = list(people), FEWEST
    while tells_all([number for number in numbers if number < least], without_town):
        if max(numbers) < least:
            return None
        least *= 2
    return least


def tells_all(hidden: list[int], without_town: int) -> bool:
    """Whether the sum of these numbers and `without_town` tells what each of them is.

    With one person more than there are towns, nobody knows which of them has it, or if one has.
    """
    return bool(hidden) and sum(hidden) + without_town <= len(hidden)
