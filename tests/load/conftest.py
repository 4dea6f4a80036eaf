"""A site on the database of this run: SQLite, or the server that DATABASE_URL names."""

import shutil
from contextlib import ExitStack

import pytest

from tests.load.proxy import Proxy
from tests.load.site import Site
from tests.postgres import cluster
from tests.server import Server


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, own_database):
    """Give directory and database of a site without content; others are copied from it."""
    directory = tmp_path_factory.mktemp("prepared")
    url = own_database()
    site = Site(directory, url)
    site.set_up()
    return directory, url


@pytest.fixture
def own_cluster():
    """Give a PostgreSQL server of the test's own, which it may end."""
    with cluster() as database:
        yield database


@pytest.fixture
def checked():
    """Give a function that takes a site and returns it; at the end `check_invariants` runs there.

    Where the test has a database server of its own, name that fixture first: it must outlive this.
    """
    sites = []

    def checked(site):
        sites.append(site)
        return site

    yield checked
    assert [site.violations() for site in sites] == [""] * len(sites)


@pytest.fixture
def make_site(prepared, tmp_path, checked, own_database):
    """Give a function that returns a running site of its own, with these faults."""
    directory, url = prepared
    with ExitStack() as stack:

        def make_site(faults="", *, is_served=True):
            copy = shutil.copytree(directory, tmp_path / (faults or "site"))
            site = Site(copy, own_database(url), faults)
            if not faults:  # a site whose guard was removed is meant to break
                checked(site)
            return stack.enter_context(site) if is_served else site

        yield make_site


@pytest.fixture
def site(make_site):
    return make_site()


@pytest.fixture
def servers(tmp_path, database_url):
    """Run two gunicorns on one database."""
    directories = [tmp_path / name for name in ("one", "other")]
    first, second = (Server(directory, database_url) for directory in directories)
    first.set_up(demo=True)
    if not database_url:  # the other one has no database of its own
        second.environment["DATABASE_URL"] = f"sqlite:///{directories[0] / 'db.sqlite3'}"
    second.environment["SITE_URL"] = first.environment["SITE_URL"]
    with first, second:
        yield first, second


@pytest.fixture
def proxy(tmp_path, servers):
    """Run the shipped nginx in front of them; `asked` counts what it was asked."""
    (tmp_path / "proxy").mkdir()
    with Proxy(tmp_path / "proxy", [server.port for server in servers]) as proxy:
        proxy.asked = 0
        yield proxy
