"""Write anew what `test_upgrade.py` migrates: `python -m tests.upgrade.make CHECKOUT`.

CHECKOUT is a directory with the version that runs out there, taken before the first migration is
added to it:

    git worktree add --detach ../before COMMIT && ln -s "$PWD/.venv" ../before/.venv
    .venv/bin/python -m tests.upgrade.make ../before

For each database it writes one archive into `before/`: a backup and the erasure log, both by that
version's own commands, and `facts.json`: when it was, with which SECRET_KEY, and the links in the
mails that went out. Use the oldest PostgreSQL that the site supports: later ones read its backups.
"""

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from email import message_from_bytes, policy
from pathlib import Path

from tests import postgres

HERE = Path(__file__).parent
SITE_URL = "http://localhost:8000"
SECRET_KEY = "a-key-of-the-version-before-G7vQ2xLm9TzRk4WbYc8Nf3Hd"
LINK = re.compile(rf"{SITE_URL}(/([\w/-]+)/[\w-]{{22}}\.[\w-]{{43}}/)")


def make(checkout: Path, database_url: str, archive: Path):
    """Fill a site of the version in `checkout` and pack its backup."""
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        environment = postgres.ENVIRONMENT | {
            "BACKUP_DIR": str(work / "backups"),
            "DATA_DIR": str(work),
            "DATABASE_URL": database_url,
            "MAIL_TO_FILES": "1",
            "SECRET_KEY": SECRET_KEY,
            "SITE_URL": SITE_URL,
        }
        fill = (HERE / "fill.py").read_text()
        for arguments in (["migrate", "--verbosity=0"], ["shell", "--no-imports", "-c", fill]):
            command = [checkout / ".venv" / "bin" / "python", "manage.py", *arguments]
            subprocess.run(command, cwd=checkout, env=environment, check=True)
        (manifest,) = (work / "backups").glob("*/manifest.json")
        facts = {
            "made_at": json.loads(manifest.read_text())["made_at"],
            "secret_key": SECRET_KEY,
            "links": links(work / "mail"),
        }
        (work / "facts.json").write_text(json.dumps(facts, indent=1))
        with tarfile.open(archive, "w:xz") as file:
            for name in ("facts.json", "backups"):
                file.add(work / name, name)


def links(mails: Path) -> dict[str, str]:
    """Return a link of each kind that the mails hold, by the beginning of its path.

    They are Kim's where Kim has got one of this kind.
    """
    read = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(mails.iterdir())
    ]
    found = {}
    for mail in sorted(read, key=lambda mail: "kim." in mail["To"]):
        text = mail.get_body(("plain",)).get_content()
        found |= {kind: link for link, kind in LINK.findall(text)}
    return found


def main(checkout: Path):
    make(checkout, "", HERE / "before" / "sqlite.tar.xz")
    with postgres.server() as url:
        make(checkout, url, HERE / "before" / "postgresql.tar.xz")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
