"""The subscription in other people's calendars: vdirsyncer fetches it, khal shows it."""

import subprocess

from tests.foreign.tools import program
from tests.server import Server

SIX_TALKS = """\
2024-07-03 10:00 11:00 Demokratie stärken: Per Bürgerrat zum Klimaschutzkonzept
2025-06-17 10:00 11:00 Kommunale Medizinische Versorgungszentren als Antwort auf den Ärztemangel
2025-07-02 10:00 11:00 Wie Kinder- und Jugendbeteiligung kommunale Klimastrategien stärkt!
2025-08-27 10:00 11:00 Wir für Euch – Wohnen im Alter in der Gemeinde Vrees
2025-10-29 10:00 11:00 Vom Supermarkt zum Begegnungszentrum – Das G1 in Gudensberg
2025-11-25 10:00 11:00 Vier Jahre Bürgerräte in Herzberg – Praxiserfahrungen und Maßnahmen zur \
Verstetigung
"""

VDIRSYNCER = """
[general]
status_path = "{home}/status"
[pair talks]
a = "local"
b = "site"
collections = null
[storage local]
type = "filesystem"
path = "{home}/talks"
fileext = ".ics"
[storage site]
type = "http"
url = "{url}"
"""

KHAL = """
[calendars]
[[talks]]
path = {home}/talks
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
[sqlite]
path = {home}/khal.db
"""


def run(*command, **environment):
    result = subprocess.run(command, capture_output=True, text=True, env=environment, input="y\n")
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_subscription_shows_the_six_talks(tmp_path):
    vdirsyncer, khal = program("vdirsyncer", "vdirsyncer"), program("khal", "khal")
    home = tmp_path / "home"
    (home / "talks").mkdir(parents=True)
    environment = {"HOME": str(home), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    site = Server(tmp_path)
    site.manage("migrate", "--verbosity=0")
    site.manage("load_talks")
    with site:
        address = f"http://localhost:{site.port}/kalender.ics"
        (home / "vdirsyncer").write_text(VDIRSYNCER.format(home=home, url=address))
        (home / "khal").write_text(KHAL.format(home=home))
        sync = [vdirsyncer, "--config", home / "vdirsyncer"]
        run(*sync, "discover", **environment)
        run(*sync, "sync", **environment)
    line = "{start-date} {start-time} {end-time} {title}"
    asked = ["list", "--day-format", "", "--format", line, "2024-01-01", "2025-12-31"]

    assert run(khal, "--config", home / "khal", *asked, **environment) == SIX_TALKS
    assert len(list((home / "talks").glob("*.ics"))) == 6
