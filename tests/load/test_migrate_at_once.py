"""Migrations of one database, begun at the same moment by several hosts."""

import subprocess
import sys

from tests.server import ROOT, Server


def test_three_at_once_migrate_an_empty_database(tmp_path, own_cluster, checked):
    site = checked(Server(tmp_path, own_cluster.url))
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    started = [
        subprocess.Popen(
            command, cwd=ROOT, env=site.environment, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    errors = [process.communicate(timeout=60)[1] for process in started]

    assert [process.returncode for process in started] == [0, 0, 0], errors
    assert errors == ["", "", ""]
    assert site.manage("migrate", "--check") == ""
