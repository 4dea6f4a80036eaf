"""The operator's paper says what the settings say."""

import re
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command

from registration.models.after_the_talk.report_line import LIFETIME, delete_old_lines
from registration.privacy.paper import PERIODS, paper
from webtalks.management.commands import worker

A_PERIOD = re.compile(r"^(\w*_(?:DAYS|HOURS|YEARS|MONTHS|RETENTION)) = ", re.MULTILINE)


def test_paper_in_the_repository_is_what_the_command_writes(tmp_path, capsys):
    call_command("write_privacy_paper", str(tmp_path / "paper.md"))

    written = (tmp_path / "paper.md").read_text()
    kept = (settings.BASE_DIR / "docs/datenschutz.md").read_text()
    assert written == kept, "run: manage.py write_privacy_paper"
    assert capsys.readouterr().out == f"{tmp_path / 'paper.md'}\n"


def test_every_period_of_the_settings_is_in_it():
    text = (settings.BASE_DIR / "webtalks/settings.py").read_text()

    assert {name for name, _, _ in PERIODS} == set(A_PERIOD.findall(text))


def test_every_period_changes_with_its_setting(settings):
    for number, (name, when, _) in enumerate(PERIODS, start=9001):
        setattr(settings, name, number)

        assert f"| {when.format(number)} | `{name}` |" in paper()


def test_an_hour_is_as_long_as_lines_of_reports_lie_here():
    assert timedelta(minutes=50) < LIFETIME < timedelta(hours=1)
    assert LIFETIME + worker.DUTIES[delete_old_lines] <= timedelta(hours=1)
    assert "| Zeilen eines eingelesenen Teilnahmeberichts | sobald er verworfen oder" in paper()
    assert "spätestens nach einer Stunde; keine Sicherung enthält sie" in paper()


def test_nothing_is_written_for_html():
    assert re.findall(r"&\w+;|{{|{%", paper()) == []
