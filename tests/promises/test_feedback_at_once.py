"""200 answers to one talk in the last minute, against gunicorn, on SQLite and on PostgreSQL."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.server import Server

SLUG = "vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg"
PATH = f"/talks/{SLUG}/rueckmeldung/"
IN_ITS_LAST_MINUTE = f"""
from datetime import timedelta
from django.utils import timezone
from events.models import Talk
end = timezone.now() + timedelta(minutes=5)
Talk.objects.filter(slug="{SLUG}").update(starts_at=end - timedelta(hours=1), ends_at=end)
"""
COUNT = """
from registration.models import Feedback
rows = Feedback.objects
print(rows.shown().count(), rows.waiting().count(), len(set(rows.values_list("takes_along"))))
"""


@pytest.fixture
def server(tmp_path, database_url):
    server = Server(tmp_path, database_url)
    server.set_up(demo=True)
    with server:
        server.shell(IN_ITS_LAST_MINUTE)
        yield server


def give(server, number):
    """Send one answer as a browser does that knows no Fetch Metadata; return status and place."""
    answers = {
        "worth": "fully",
        "use": "soon",
        "could_follow": "ja",
        "takes_along": f"Nr. {number}",
    }
    headers = {
        "Host": f"localhost:{server.port}",
        "Origin": f"http://localhost:{server.port}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    status, answered, _ = server.request("POST", PATH, urlencode(answers), headers)
    return status, answered["Location"], answered["Set-Cookie"]


def test_200_at_once_are_all_stored_and_shown_in_whole_batches(server):
    with ThreadPoolExecutor(40) as pool:
        answers = Counter(pool.map(lambda number: give(server, number), range(203)))

    assert answers == {(302, f"{PATH}danke/", None): 203}
    assert server.shell(COUNT) == "200 3 203"
