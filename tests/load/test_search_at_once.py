"""Two organisers change one talk at once on PostgreSQL: the search text has what both wrote."""

from tests.server import Server

TWO_AT_ONCE = """
import threading, time
from datetime import timedelta
from django.db import connection, transaction
from django.utils import timezone
from events.models import Speaker, Talk

now = timezone.now()
talk = Talk.objects.create(title="Talk", starts_at=now, ends_at=now + timedelta(hours=1))
has_written = threading.Event()

def is_somebody_waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0]

def first():
    with transaction.atomic():
        Speaker.objects.create(talk=talk, name="Erste")
        has_written.set()
        deadline = time.monotonic() + 30
        while not is_somebody_waiting() and time.monotonic() < deadline:
            time.sleep(0.01)
    connection.close()

def second():
    has_written.wait(30)
    Speaker.objects.create(talk=talk, name="Zweite")
    connection.close()

threads = [threading.Thread(target=work) for work in (first, second)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(Talk.objects.get().search_text)
"""


def test_second_change_sees_the_first(tmp_path, own_cluster, checked):
    site = checked(Server(tmp_path, own_cluster.url))
    site.manage("migrate", "--verbosity=0")

    assert site.shell(TWO_AT_ONCE) == "talk erste zweite"
