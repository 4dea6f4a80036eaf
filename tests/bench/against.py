"""An earlier commit beside the present files, in turns: `make bench AGAINST=COMMIT`.

Both are served alike, with the packages of this environment. Each fills its own database.
"""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.bench.cases import main_cases
from tests.bench.figures import Compared, Turn
from tests.bench.site import Site
from tests.server import ROOT

ROUNDS = 7
FILL = """
try:
    from tests.bench.load_data import fill
except ImportError:  # where it was before
    from registration.load_data import fill
fill({talks}, {people})
"""


class Side(Site):
    """The site of the code in `root`, without anything for the bench."""

    application = "webtalks.wsgi"

    def __init__(self, root: Path, directory: Path, database_url: str):
        super().__init__(directory, database_url)
        self.root = root
        self.environment |= {"STATIC_ROOT": str(directory / "static")}


def files_of(commit: str, directory: Path) -> Path:
    """Lay the files of the commit into `directory`; return it."""
    archive = subprocess.check_output(["git", "archive", commit], cwd=ROOT)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(directory, filter="data")
    return directory


@contextmanager
def served(root: Path, url: str, talks: int, people: int) -> Iterator[Side]:
    with tempfile.TemporaryDirectory(prefix="webtalks-bench-") as directory:
        site = Side(root, Path(directory), url)
        site.manage("collectstatic", "--noinput", "--verbosity=0")
        site.fill(FILL.format(talks=talks, people=people))
        with site:
            yield site


def compare(commit: str, talks: int, people: int) -> Iterator[Compared]:
    """Yield what each request cost at that commit and costs now, on both databases."""
    with tempfile.TemporaryDirectory(prefix="webtalks-bench-") as directory:
        root = files_of(commit, Path(directory))
        with served(root, "", talks, people) as old, served(ROOT, "", talks, people) as new:
            yield from take_turns(commit, "SQLite", old, new)
        with (
            postgres.server() as one,
            postgres.server() as other,
            served(root, one, talks, people) as old,
            served(ROOT, other, talks, people) as new,
        ):
            yield from take_turns(commit, "PostgreSQL", old, new)


def take_turns(commit: str, database: str, old: Side, new: Side) -> Iterator[Compared]:
    asked = {side: main_cases(side) for side in (old, new)}
    for name in asked[old]:
        turns = []
        for number in range(ROUNDS):
            # Each is the first one in turn.
            sides = (old, new) if number % 2 else (new, old)
            cost = {side: side.cost(asked[side][name], f"a{number}") for side in sides}
            turns.append(Turn(cost[old], cost[new]))
        yield Compared(commit, database, name, turns)
