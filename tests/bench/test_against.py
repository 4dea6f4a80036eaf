"""An earlier commit is laid beside the present files."""

import subprocess

from tests.bench.against import Side, files_of
from tests.server import ROOT


def test_files_of_a_commit_are_those_that_it_had(tmp_path):
    root = files_of("HEAD", tmp_path)

    had = subprocess.check_output(["git", "show", "HEAD:webtalks/settings.py"], cwd=ROOT)
    assert (root / "webtalks/settings.py").read_bytes() == had


def test_side_runs_the_code_of_its_own_root(tmp_path):
    root = files_of("HEAD", tmp_path / "tree")
    side = Side(root, tmp_path, "")

    assert side.shell("import events; print(events.__file__)").startswith(str(root))
