"""What the bench finds."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Cost:
    """One second of a request sent as often as possible; all times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    """Of gunicorn's processes, for each request."""


@dataclass(frozen=True)
class Turn:
    """One second of a request, and right beside it one of what it is compared with."""

    yardstick: Cost
    page: Cost

    @property
    def ratio(self) -> float:
        return self.page.cpu / self.yardstick.cpu


def middle(turns: list[Turn]) -> Turn:
    """Return the turn with the middle ratio of an odd number."""
    return sorted(turns, key=lambda turn: turn.ratio)[len(turns) // 2]


@dataclass(frozen=True)
class Row:
    """What one request cost at one size on one database."""

    database: str
    size: str
    name: str
    turn: Turn
    queries: int
    bytes: int


@dataclass(frozen=True)
class Growth:
    """How many times longer one request took at the large size, in the best second of each."""

    database: str
    name: str
    times: float


@dataclass(frozen=True)
class Rebuilt:
    """What a page costs that is not kept, and the first one after the content has changed."""

    database: str
    size: str
    name: str
    queries: int
    ms: float
    queries_after_change: int
    ms_after_change: float


@dataclass(frozen=True)
class Whole:
    """Figures of a whole site: 100 forms at once, a worker's mails, a page through the proxy."""

    database: str
    size: str
    rush_seconds: float
    mails_per_second: float
    page_by_file: float


@dataclass(frozen=True)
class Compared:
    """What one request cost on an earlier commit (the yardstick) and costs now, in turns."""

    commit: str
    database: str
    name: str
    turns: list[Turn]

    @property
    def middle(self) -> Turn:
        return middle(self.turns)

    @property
    def cpu(self) -> float:
        """Return how many times the CPU of before it takes now."""
        return self.middle.ratio

    @property
    def throughput(self) -> float:
        """Return how many times as many as before are answered in a second."""
        return median(turn.page.per_second / turn.yardstick.per_second for turn in self.turns)
