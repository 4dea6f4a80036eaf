"""Runs Debian's `wrk` and reads what it measured."""

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

CONNECTIONS = 8
SECONDS = 1
# How long the longest answer may take, a calendar of nine megabytes on a slow machine.
TIMEOUT_SECONDS = 60
ATTEMPTS = 10

# Each thread counts for itself, so that no address of a form comes twice.
SCRIPT = """
local method, path, bodies = %(method)s, %(path)s, {%(bodies)s}
local headers = {%(headers)s}
local number = 0
function setup(thread) threads = (threads or 0) + 1; thread:set("id", threads) end
function request()
  number = number + 1
  local body = bodies[number %% #bodies + 1]
  local text = body and body:gsub("NUMBER", %(run)s .. "x" .. id .. "x" .. number)
  return wrk.format(method, path, headers, text)
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests": %%d, "microseconds": %%d, "errors": %%d, "p50": %%d, "p99": %%d}\\n',
    summary.requests, summary.duration,
    e.status + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Request:
    """What is sent again and again, its bodies in turn; `NUMBER` in one is another each time."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """One run: requests, seconds, milliseconds of half and of 99 % of the answers."""

    requests: int
    seconds: float
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def program() -> str:
    if found := shutil.which("wrk"):
        return found
    raise SystemExit("The bench needs wrk. As root: apt install wrk")


def measure(base: str, request: Request, run: str, seconds: float = SECONDS) -> Measured:
    """Send the request as often as possible.

    What fails once, on a machine that stood still, is measured again, and for twice as long if no
    answer came in time; what fails always (any answer of 400 and above) ends the bench.
    """
    for attempt in range(ATTEMPTS):
        found = run_once(base, request, f"{run}-{attempt}", seconds)
        if found["requests"] and not found["errors"]:
            return Measured(
                found["requests"],
                found["microseconds"] / 1e6,
                found["p50"] / 1000,
                found["p99"] / 1000,
            )
        if not found["requests"]:
            seconds *= 2
    raise SystemExit(f"{request.method} {request.path}: {found}")


def run_once(base: str, request: Request, run: str, seconds: float) -> dict[str, int]:
    """Let wrk run, and return what the script tells at its end."""
    parts = {
        "method": json.dumps(request.method),
        "path": json.dumps(request.path),
        "bodies": ", ".join(map(json.dumps, request.bodies)),
        "headers": ", ".join(f"[{json.dumps(k)}] = {json.dumps(v)}" for k, v in request.headers),
        "run": json.dumps(run),
    }
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % parts)
        script.flush()
        output = subprocess.check_output(
            [
                program(),
                "--threads=2",
                f"--connections={CONNECTIONS}",
                f"--duration={seconds}s",
                f"--timeout={TIMEOUT_SECONDS}s",
                f"--script={script.name}",
                base,
            ],
            text=True,
        )
    return json.loads(output.partition("RESULT ")[2])
