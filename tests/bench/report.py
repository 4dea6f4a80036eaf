"""How the bench's figures are shown, and which goals they must meet."""

import os
import platform
import re
import subprocess
from datetime import date
from pathlib import Path

SIGN_UP = "Anmeldung (POST)"
WHOLE_SIGN_UP = ("Formular", SIGN_UP, "Danke-Seite")
GROWS = ("Startseite", "Talk", "Archiv, erste Seite", "Archiv, letzte Seite", SIGN_UP)

# Pages, and how many statements each may take to be rebuilt.
REBUILT = {"Startseite": 6, "Talk": 8, "Archiv, erste Seite": 7, "Archiv, letzte Seite": 7}

HEAD = """\
# Benchmarks

Written by `make bench`, never by hand. {day}, {machine}.

gunicorn with 2 workers × 4 threads, `wrk` with 2 threads and 8 connections on the same machine.
**Ratio**: throughput divided by that of a constant answer of the same size behind the same
middleware, measured in the second before; the middle one of three turns, of nine where a goal
hangs on it. Times are in milliseconds; CPU is that of gunicorn's processes per request; queries
are those of the second request. small: 20 talks, 2,000 registrations; large: 10,000 talks,
1,000,000 registrations; they take turns. Growth is the throughput of the small site divided by
that of the large one, the best second of each: noise makes none quicker. Mails are counted by the
server that gets them, from the first to the last.
"""
REBUILT_HEAD = """
## Pages that are not kept

Statements and milliseconds, database included, in one process without a server, the quickest of
nine: for the page alone, and for the first page after the content has changed, which also asks
what all pages share (the archive: how many talks each choice finds).

| Database | Size | Page | Statements | ms | after a change | ms |
|---|---|---|---|---|---|---|"""
COLUMNS = ("Database", "Size", "Request", "Ratio", "1/s", "p50", "p99", "CPU", "Queries", "Bytes")


def line(row) -> str:
    m = row.turn.page
    cells = (
        row.database,
        row.size,
        row.name,
        f"{row.turn.ratio:.2f}",
        f"{m.per_second:.0f}",
        f"{m.p50:.1f}",
        f"{m.p99:.1f}",
        f"{row.turn.cpu_ms:.2f}",
        str(row.queries),
        str(row.bytes),
    )
    return f"| {' | '.join(cells)} |"


def rebuilt_line(row) -> str:
    cells = (row.database, row.size, row.name, row.queries, f"{row.ms:.1f}")
    cells += (row.queries_after_change, f"{row.ms_after_change:.1f}")
    return f"| {' | '.join(map(str, cells))} |"


def text(rows, growths, rebuilt, wholes) -> str:
    """Return the whole page."""
    table = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|", *map(line, rows)]
    goals = [
        f"| {goal} | {found} | {'met' if is_met else '**missed**'} |"
        for goal, found, is_met in goals_of(rows, growths, rebuilt, wholes)
    ]
    parts = [
        HEAD.format(day=date.today().isoformat(), machine=machine()),
        *table,
        REBUILT_HEAD,
        *map(rebuilt_line, rebuilt),
        "\n## Goals\n\n| Goal | Found | |\n|---|---|---|",
        *goals,
    ]
    return "\n".join(parts) + "\n"


def goals_of(rows, growths, rebuilt, wholes):
    """Yield each goal, what was found, and whether it is met."""
    by = {(row.database, row.size, row.name): row for row in rows}
    for size in ("small", "large"):
        for name, goal in (("Startseite", 1.2), ("Talk", 1.2), (SIGN_UP, 0.09)):
            ratio = by["PostgreSQL", size, name].turn.ratio
            yield f"{name}, PostgreSQL, {size}: ≥ {goal} × constant", f"{ratio:.2f}", ratio >= goal
    for growth in growths:
        if growth.name in GROWS:
            goal = f"{growth.name}, {growth.database}: large ≤ 1.2 × the time of small"
            yield goal, f"{growth.times:.2f}", growth.times <= 1.2
    for page in rebuilt:
        most, where = REBUILT[page.name], f"{page.database}, {page.size}"
        goal = f"{page.name} rebuilt, {where}: ≤ {most} statements"
        yield goal, str(page.queries), page.queries <= most
    for whole in wholes:
        where = f"{whole.database}, {whole.size}"
        cpu = sum(by[whole.database, whole.size, name].turn.cpu_ms for name in WHOLE_SIGN_UP)
        queries = by[whole.database, whole.size, SIGN_UP].queries
        seconds, mails = whole.rush_seconds, whole.mails_per_second
        yield f"Whole sign-up (3 requests), {where}: ≤ 30 ms CPU", f"{cpu:.1f} ms", cpu <= 30
        yield f"Sign-up, {where}: ≤ 14 statements", str(queries), queries <= 14
        yield f"100 forms at once for 10 seats, {where}: ≤ 3 s", f"{seconds:.2f} s", seconds <= 3
        yield f"Mails of one worker, {where}: ≥ 50 a second", f"{mails:.0f}", mails >= 50


def machine() -> str:
    """Return what it ran on: cores, processor, Python, the version of the code."""
    info = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.*)$", info, re.MULTILINE)
    processor = found[1] if found else platform.machine()
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True).strip()
    python = platform.python_version()
    return f"{os.cpu_count()} × {processor}, Python {python}, commit {commit}"
