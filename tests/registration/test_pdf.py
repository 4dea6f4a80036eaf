"""PDFs: readable for everybody, one at a time, and made of our own files alone."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import page
import pytest

from registration import pdf

ROOT = Path(__file__).resolve().parents[2]
HEAD = '<!doctype html><html lang="de"><head><title>Probe</title></head><body>'


@pytest.fixture
def template(settings, tmp_path):
    """Return a function that makes a template of the body's text."""
    backend = {**settings.TEMPLATES[0], "DIRS": [tmp_path], "APP_DIRS": False}
    settings.TEMPLATES = [{**backend, "OPTIONS": {}}]

    def make(body):
        (tmp_path / "sheet.html").write_text(f"{HEAD}{body}</body></html>")
        return "sheet.html"

    return make


def problems_of(written):
    report = page.validate_pdf_bytes(written, profile="ua1")
    assert report.rules.total > 100
    return [failure.message for failure in report.failures]


def test_pdf_can_be_read_by_everybody(template):
    body = '<h1>{{ name }}</h1><p><b>{{ name }}</b>, <a href="/talks/">Talks</a></p>'
    body += "<table><thead><tr><th scope=col>Ort</th></tr></thead><tr><td>Köln</td></tr></table>"

    written = pdf.write_pdf(template(body), {"name": "Łukasz Şahin-Őry & „Ko“ <x>"})

    assert problems_of(written) == []


def test_letters_that_our_fonts_lack_are_named(template):
    with pytest.raises(pdf.Unprintable) as refused:
        pdf.write_pdf(template("<p>{{ name }}</p>"), {"name": "Ли 李 Li"})

    assert refused.value.characters == "Ли李"


def test_letters_are_written_as_our_fonts_have_them(template):
    decomposed = "Mu\u0308ller\u2011Lu\u0308\u00ad denscheid\u202f1"

    assert problems_of(pdf.write_pdf(template("<p>{{ name }}</p>"), {"name": decomposed})) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/secret.png",
        "file:///etc/passwd",
        f"file://{ROOT}/static/../webtalks/settings.py",
        f"file://{ROOT}/static/%2e%2e/manage.py",
        f"file://{ROOT}/manage.py",
        "file://elsewhere/static/css/site.css",
        "ftp://localhost/x",
        "/media/picture.png",
    ],
)
def test_pdf_contains_nothing_but_our_static_files(template, url, caplog):
    assert not pdf.may_contain(url)

    pdf.write_pdf(template(f'<p>A<img src="{url}" alt="Bild"></p>'), {})

    assert "A PDF contains files of static/ alone" in caplog.text


def test_who_waits_too_long_is_asked_to_come_back(template, monkeypatch):
    monkeypatch.setattr(pdf, "PATIENCE", 0.05)
    sheet = template("<p>Seite</p>")
    began = time.monotonic()

    with pdf._one_at_a_time(), pytest.raises(pdf.Busy):
        pdf.write_pdf(sheet, {})

    assert time.monotonic() - began < 5
    assert pdf.write_pdf(sheet, {}).startswith(b"%PDF")


def test_many_at_once_are_written_one_after_the_other(template, monkeypatch):
    monkeypatch.setattr(pdf, "PATIENCE", 60)
    sheet = template("<p>{{ number }}</p>")

    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(lambda n: pdf.write_pdf(sheet, {"number": n}), range(6)))

    assert [problems_of(each) for each in written] == [[]] * 6


def test_without_pango_it_is_said_and_nothing_fails():
    """In a process of its own, because what is imported stays imported."""
    code = """
import cffi
def missing(self, name, flags=0):
    raise OSError(f"cannot load library '{name}'")
cffi.FFI.dlopen = missing
import django
django.setup()
from registration import pdf
pdf.PANGO = "libmissing.so.0"
print(pdf.is_available(), pdf.is_available())
try:
    pdf.write_pdf("404.html", {})
except pdf.Unavailable as error:
    print("Unavailable")
"""
    environment = {"SECRET_KEY": "x" * 60, "SITE_URL": "http://localhost", "PATH": "/usr/bin"}
    environment["DJANGO_SETTINGS_MODULE"] = "webtalks.settings"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert answer.stdout == "False False\nUnavailable\n"
    assert answer.stderr.count("No PDFs, but pages to print: Pango is missing") == 1
