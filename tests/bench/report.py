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

HEAD = """\
# Benchmarks

Written by `make bench`, never by hand. {day}, {machine}.

gunicorn with 2 workers × 4 threads, `wrk` with 2 threads and 8 connections on the same machine.
**Ratio**: throughput divided by that of a constant answer of the same size behind the same
middleware, measured right before it. Times are in milliseconds; CPU is that of gunicorn's
processes per request; queries are those of the second request. small: 20 talks, 2,000
registrations; large: 10,000 talks, 1,000,000 registrations.
"""
COLUMNS = ("Database", "Size", "Request", "Ratio", "1/s", "p50", "p99", "CPU", "Queries", "Bytes")


def line(row) -> str:
    m = row.measured
    cells = (
        row.database,
        row.size,
        row.name,
        f"{row.ratio:.2f}",
        f"{m.per_second:.0f}",
        f"{m.p50:.1f}",
        f"{m.p99:.1f}",
        f"{row.cpu_ms:.2f}",
        str(row.queries),
        str(row.bytes),
    )
    return f"| {' | '.join(cells)} |"


def text(rows, wholes) -> str:
    """Return the whole page; `wholes`: database, size, seconds for 100 forms, mails a second."""
    parts = [
        HEAD.format(day=date.today().isoformat(), machine=machine()),
        "\n".join([f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|", *map(line, rows)]),
        "## Goals\n\n| Goal | Found | |\n|---|---|---|",
    ]
    goals = "\n".join(
        f"| {goal} | {found} | {'met' if is_met else '**missed**'} |"
        for goal, found, is_met in goals_of(rows, wholes)
    )
    return "\n\n".join(parts[:2]) + "\n\n" + parts[2] + "\n" + goals + "\n"


def goals_of(rows, wholes):
    """Yield each goal, what was found, and whether it is met."""
    by = {(row.database, row.size, row.name): row for row in rows}
    for size in ("small", "large"):
        for name in ("Startseite", "Talk"):
            ratio = by["PostgreSQL", size, name].ratio
            yield f"{name}, PostgreSQL, {size}: ≥ 1.2 × constant", f"{ratio:.2f}", ratio >= 1.2
        ratio = by["PostgreSQL", size, SIGN_UP].ratio
        yield f"Sign-up, PostgreSQL, {size}: ≥ 0.09 × constant", f"{ratio:.2f}", ratio >= 0.09
    for database in ("SQLite", "PostgreSQL"):
        for name in GROWS:
            small, large = (by[database, size, name].ratio for size in ("small", "large"))
            growth = small / large
            yield (
                f"{name}, {database}: large ≤ 1.2 × the time of small",
                f"{growth:.2f}",
                growth <= 1.2,
            )
    for database, size, seconds, mails in wholes:
        cpu = sum(by[database, size, name].cpu_ms for name in WHOLE_SIGN_UP)
        queries = by[database, size, SIGN_UP].queries
        where = f"{database}, {size}"
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
