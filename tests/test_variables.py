"""The environment's variables: the code, README and compose.yaml know the same."""

import re

import pytest
from psycopg.pq import Conninfo

from tests.image import image_environment
from tests.test_compose import APP, DOT_ENV, README, ROOT, SERVICES, TEXT, environment

# Names that no code of ours reads; each has its own proof below.
READ_BY_LIBRARIES = {"PGPASSWORD"}
# Where fontconfig may write what it has found, so that it does not complain in a read-only image.
FONTCONFIG_READS = {"XDG_CACHE_HOME"}


def variables_read() -> set[str]:
    """Return the names that the site's code reads from the environment."""
    files = [ROOT / "manage.py"]
    for app in ("events", "registration", "webtalks"):
        files += ROOT.glob(f"{app}/**/*.py")
    names = set()
    for file in files:
        code = file.read_text()
        names |= set(re.findall(r"""\benviron(?:\.get\(\s*|\[)["']([A-Z0-9_]+)["']""", code))
        names |= set(re.findall(r"""\b(?:env|getenv)\(\s*["']([A-Z0-9_]+)["']""", code))
        for name in re.findall(r"""\b(?:required|optional)\(\s*["']([A-Z0-9_]+)["']""", code):
            names |= {name, f"{name}_FILE"}
    # Which WSGI's own dictionary has, of the same name.
    of_wsgi = ("HTTP_", "RAW_", "CONTENT_", "REQUEST_")
    return {name for name in names if not name.startswith(of_wsgi)}


def variables_named() -> set[str]:
    """Return the names in the first column of README's table."""
    table = README.partition("| variable | meaning | default |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    return set(re.findall(r"`([A-Z0-9_]+)`", " ".join(cells)))


def given(service: str) -> set[str]:
    return {*SERVICES[service]["environment"], *image_environment()}


def test_readme_names_what_the_code_reads_and_nothing_else():
    assert {"SECRET_KEY", "SECRET_KEY_FILE", "THROTTLE", "WEB_THREADS"} <= variables_read()
    assert variables_named() == variables_read()


def test_compose_hands_on_every_variable_that_readme_names():
    """Of the others it says the value itself, or it is not for containers."""
    handed_on = {
        name
        for name, value in SERVICES["web-1"]["environment"].items()
        if value is None or f"${{{name}:" in value
    }
    own_value = {"DATABASE_URL", "DATA_DIR", "STATIC_ROOT", "HOST", "PORT", "FORWARDED_ALLOW_IPS"}
    # .env holds the value itself.
    in_env = {"SECRET_KEY_FILE", "SITE_URL_FILE"}
    in_env |= {"CERTIFICATE_KEY_FILE", "CERTIFICATE_KEY_FORMER_FILE"}

    assert own_value <= given("web-1") - handed_on
    # What names a directory of the machine has another name in .env: BACKUPS.
    assert environment("worker", DOT_ENV)["BACKUP_DIR"] == "/backups"
    others = own_value | in_env | {"BACKUP_DIR", "DEBUG"}
    assert variables_named() - handed_on == others


@pytest.mark.parametrize("service", APP)
def test_containers_are_given_what_somebody_reads(service):
    python_reads = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}

    others = given(service) - variables_read() - python_reads - FONTCONFIG_READS
    assert others == READ_BY_LIBRARIES
    assert b"PGPASSWORD" in {option.envvar for option in Conninfo.get_defaults()}


def test_every_service_of_the_site_is_handed_the_same():
    """But for what concerns gunicorn alone, and the backups."""
    own = {"web-1": {"FORWARDED_ALLOW_IPS", "WEB_CONCURRENCY", "WEB_THREADS"}}
    own |= {"web-2": own["web-1"], "worker": {"BACKUP_DIR"}, "migrate": set()}

    common = set(SERVICES["migrate"]["environment"])
    assert {name: set(SERVICES[name]["environment"]) - common for name in APP} == own


def test_head_or_readme_explains_what_stands_in_dot_env():
    head = TEXT.partition("\nname: ")[0]
    asked_for = set(re.findall(r"\$\{(\w+):", TEXT))

    explained = set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", head)) | variables_named()
    assert asked_for - explained == set()
