"""How the bench's figures are shown, and which goals they must meet."""

import os
import platform
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from functools import singledispatch
from pathlib import Path

from tests.bench.cases import ARCHIVE, KEPT, LAST, SIGN_UP, SIGN_UP_FORM, START, TALK
from tests.bench.figures import Compared, Growth, Rebuilt, Row, Whole

# How many times the CPU of the yardstick each may take.
AT_MOST = {START: 1.7, TALK: 1.7, ARCHIVE: 1.7, LAST: 1.7, SIGN_UP_FORM: 10, SIGN_UP: 13}
# How many statements; a page that is rebuilt, too.
STATEMENTS = {START: 0, TALK: 0, ARCHIVE: 0, LAST: 0, SIGN_UP: 10}
REBUILT = {START: 5, TALK: 8, ARCHIVE: 7, LAST: 7}
GROWS = {START, TALK, ARCHIVE, LAST, SIGN_UP}
# How many times as much as on the earlier commit: as much, but for what a run cannot tell.
AS_BEFORE = 0.1

HEAD = """\
# Benchmarks

Written by `make bench`, never by hand. {day}, {machine}.

gunicorn with 2 workers × 4 threads, `wrk` with 2 threads and 8 connections on the same machine.
**CPU** is that of gunicorn's processes per request, in milliseconds like all times. **Ratio** is
this CPU divided by that of the yardstick in the second before; the middle one of three turns, of
seven where a goal hangs on it. The yardstick of a kept page ("bare") is a WSGI function behind the
same gunicorn that has the same bytes and headers ready; that of the others ("constant") a view
that returns as many bytes behind the same middleware. Queries are those of the cheapest of three.
small: 20 talks, 2,000 registrations; large: 10,000 talks, 1,000,000 registrations; they take
turns. Growth is the throughput of the small site divided by that of the large one, the best
second of each: noise makes none quicker. Mails are counted by the server that gets them, from the
first to the last.
"""
COLUMNS = {
    Row: "Database | Size | Request | CPU | Yardstick | its CPU | Ratio | 1/s | p50 | p99 "
    "| Queries | Bytes",
    Rebuilt: "Database | Size | Page | Statements | ms | after a change | ms",
    Compared: "Database | Request | CPU before | CPU now | Ratio | 1/s before | 1/s now | Ratio",
}
REBUILT_HEAD = """
## Pages that are not kept

Statements and milliseconds, database included, in one process without a server, the quickest of
nine: for the page alone, and for the first page after the content has changed, which also asks
what all pages share (the archive: how many talks each choice finds).
"""
COMPARED_HEAD = """
## Against {commit}

Both commits served alike in one run, the small site, a second each in turns: CPU per request and
throughput of the turn whose ratio of CPU is the middle one of seven. The last column is the middle
ratio of throughput.
"""


@singledispatch
def line(found) -> str:
    """Return the row of a table."""
    raise TypeError(f"There is no figure like {found}")


def cells(*values) -> str:
    return f"| {' | '.join(map(str, values))} |"


@line.register
def _(row: Row) -> str:
    page, yardstick = row.turn.page, row.turn.yardstick
    kind = "bare" if row.name in KEPT else "constant"
    cpu = (f"{page.cpu:.2f}", kind, f"{yardstick.cpu:.2f}", f"{row.turn.ratio:.2f}")
    times = (f"{page.per_second:.0f}", f"{page.p50:.1f}", f"{page.p99:.1f}")
    return cells(row.database, row.size, row.name, *cpu, *times, row.queries, row.bytes)


@line.register
def _(page: Rebuilt) -> str:
    alone = (page.queries, f"{page.ms:.1f}")
    after = (page.queries_after_change, f"{page.ms_after_change:.1f}")
    return cells(page.database, page.size, page.name, *alone, *after)


@line.register
def _(row: Compared) -> str:
    old, new = row.middle.yardstick, row.middle.page
    cpu = (f"{old.cpu:.2f}", f"{new.cpu:.2f}", f"{row.cpu:.2f}")
    throughput = (f"{old.per_second:.0f}", f"{new.per_second:.0f}", f"{row.throughput:.2f}")
    return cells(row.database, row.name, *cpu, *throughput)


def table(kind: type, results: list) -> list[str]:
    head = f"| {COLUMNS[kind]} |"
    rule = re.sub("[^|]+", "---", head)
    return [head, rule, *(line(found) for found in results if isinstance(found, kind))]


def text(results: list) -> str:
    """Return the whole page."""
    parts = [HEAD.format(day=date.today().isoformat(), machine=machine()), *table(Row, results)]
    parts += [REBUILT_HEAD, *table(Rebuilt, results)]
    for commit in sorted({found.commit for found in results if isinstance(found, Compared)}):
        parts += [COMPARED_HEAD.format(commit=commit), *table(Compared, results)]
    parts += ["\n## Goals\n\n| Goal | Found | |\n|---|---|---|"]
    for found in results:
        for goal, value, is_met in goals(found):
            parts.append(cells(goal, value, "met" if is_met else "**missed**"))
    return "\n".join(parts) + "\n"


@singledispatch
def goals(found) -> Iterator[tuple[str, str, bool]]:
    """Yield each goal of a figure, what was found, and whether it is met."""
    raise TypeError(f"There is no figure like {found}")


@goals.register
def _(row: Row):
    where = f"{row.name}, {row.database}, {row.size}"
    if most := AT_MOST.get(row.name):
        yardstick = "a bare WSGI function" if row.name in KEPT else "the constant view"
        ratio = row.turn.ratio
        yield f"{where}: CPU ≤ {most} × {yardstick}", f"{ratio:.2f}", ratio <= most
    if row.name in STATEMENTS:
        most = STATEMENTS[row.name]
        yield f"{where}: {wanted_statements(most)}", str(row.queries), row.queries <= most


def wanted_statements(most: int) -> str:
    return f"≤ {most} statements" if most else "no statement"


@goals.register
def _(growth: Growth):
    if growth.name in GROWS:
        goal = f"{growth.name}, {growth.database}: large ≤ 1.2 × the time of small"
        yield goal, f"{growth.times:.2f}", growth.times <= 1.2


@goals.register
def _(page: Rebuilt):
    most = REBUILT[page.name]
    goal = f"{page.name} rebuilt, {page.database}, {page.size}: {wanted_statements(most)}"
    yield goal, str(page.queries), page.queries <= most


@goals.register
def _(whole: Whole):
    where = f"{whole.database}, {whole.size}"
    seconds, mails, ratio = whole.rush_seconds, whole.mails_per_second, whole.page_by_file
    yield f"100 forms at once for 10 seats, {where}: ≤ 3 s", f"{seconds:.2f} s", seconds <= 3
    yield f"Mails of one worker, {where}: ≥ 50 a second", f"{mails:.0f}", mails >= 50
    yield f"{START} through the proxy, {where}: ≥ 0.4 × a file", f"{ratio:.2f}", ratio >= 0.4


@goals.register
def _(row: Compared):
    where = f"{row.name}, {row.database}, against {row.commit}"
    yield f"{where}: CPU ≤ 1.1 ×", f"{row.cpu:.2f}", row.cpu <= 1 + AS_BEFORE
    fewest = 1 - AS_BEFORE
    yield f"{where}: throughput ≥ 0.9 ×", f"{row.throughput:.2f}", row.throughput >= fewest


def machine() -> str:
    """Return what it ran on: cores, processor, their load at the end, Python, the code."""
    info = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.*)$", info, re.MULTILINE)
    processor = found[1] if found else platform.machine()
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True).strip()
    python = platform.python_version()
    load = f"load {os.getloadavg()[2]:.0f}"
    return f"{os.cpu_count()} × {processor} ({load}), Python {python}, commit {commit}"
