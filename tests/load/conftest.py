"""A site on the database of this run: SQLite, or the server that DATABASE_URL names."""

import shutil
from contextlib import ExitStack

import pytest

from tests.load.site import Site
from tests.server import own_database


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """Give directory and database of a site without content; others are copied from it."""
    directory = tmp_path_factory.mktemp("prepared")
    url = own_database()
    site = Site(directory, url)
    site.manage("migrate", "--verbosity=0")
    return directory, url


@pytest.fixture
def make_site(prepared, tmp_path):
    """Give a function that returns a running site of its own, with these faults."""
    directory, url = prepared
    with ExitStack() as stack:

        def make_site(faults="", *, is_served=True):
            copy = shutil.copytree(directory, tmp_path / (faults or "site"))
            site = Site(copy, own_database(url), faults)
            return stack.enter_context(site) if is_served else site

        yield make_site


@pytest.fixture
def site(make_site):
    return make_site()
