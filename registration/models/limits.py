"""How often: what strangers send is counted in the database, so all hosts share the counts.

Each limit is one function with its subject, number and window. A window is an hour of the clock
or the like, so up to twice the number passes around its end, which is accepted. The environment's
THROTTLE changes the numbers (webtalks/http/throttle.py).

A row is one window of one rule for one subject, an address or a network. The subject stands there
as an HMAC under a key of the window (a day at most), so nobody can tell later who it was; the
worker deletes the row once its window is over.
"""

import time
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection, models
from django.utils.crypto import salted_hmac

from registration.models.addresses import email_key

MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR
# In SQL, because every form waits for it, and the ORM takes longer than the database.
UPSERT = """
    INSERT INTO registration_tally AS t (key, number, ends_at) VALUES {rows}
    ON CONFLICT (key) DO UPDATE SET number = t.number + 1 RETURNING key, number
"""
SELECT = "SELECT number FROM registration_tally WHERE key = %s"


class Tally(models.Model):
    """One window; written by `count` alone."""

    key = models.CharField(max_length=64, primary_key=True)
    number = models.PositiveIntegerField()
    # Seconds since 1970.
    ends_at = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        verbose_name = "Zähler"
        verbose_name_plural = "Zähler"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} bis {self.ends_at}"


class Verdict(NamedTuple):
    """What the count of its network says of a form."""

    # Seconds until this network may send again; 0: it may.
    wait: int = 0
    must_confirm: bool = False


def judge_form(email: str, visitor: str | None = None) -> Verdict:
    """Count a well-formed form for its canonical address, and for the network it came from.

    After 60 forms of a network in 10 minutes each asks for a click; after 300 they are refused.
    """
    if not visitor:
        count("forms", email_key(email), HOUR)
        return Verdict()
    _, number = count_together(
        Window("forms", email_key(email), HOUR), Window("sign_ups", visitor, 600)
    )
    is_refused = number > allowed("sign_ups_refused", 300)
    return Verdict(
        wait=seconds_left(600) if is_refused else 0,
        must_confirm=number > allowed("sign_ups", 60),
    )


def quiet_until(email_key: str) -> datetime | None:
    """Return until when mails to this address wait, None if they do not: 5 forms in an hour."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT, [Window("forms", email_key, HOUR).key])
        found = cursor.fetchone()
    is_quiet = found is not None and found[0] > allowed("forms", 5)
    return datetime.fromtimestamp(end_of_window(HOUR), UTC) if is_quiet else None


def may_mail(email_key: str | None) -> bool:
    """Count a mail that says again what was said, unless it is quiet; allow 3 in a day.

    The first mail about a new row is not counted here: it always goes out.
    """
    if email_key is None or quiet_until(email_key):
        return False
    return count("mails", email_key, DAY) <= allowed("mails", 3)


def may_send_way_in(email_key: str | None, talk_id: int) -> bool:
    """Count a mail with the way in, shortly before the talk; allow an address 5 in an hour."""
    return count("way_in", f"{email_key} {talk_id}", HOUR) <= allowed("way_in", 5)


def may_ask_new_address(email_key: str | None) -> bool:
    """Count a wish to use another address; allow a person 5 in a day."""
    return count("new_address", f"{email_key}", DAY) <= allowed("new_address", 5)


def wait_to_give_feedback(visitor: str | None) -> int:
    """Count an answer to a talk; return the seconds to wait after 300 in an hour, else 0.

    A town hall, or all that watch in one room, may share one address.
    """
    if not visitor or count("feedback", visitor, HOUR) <= allowed("feedback", 300):
        return 0
    return seconds_left(HOUR)


def wait_to_propose(link_id: int) -> int:
    """Count a save by a speaker; return the seconds to wait after 30 in a minute, else 0."""
    if count("proposals", f"{link_id}", MINUTE) <= allowed("proposals", 30):
        return 0
    return seconds_left(MINUTE)


def wait_to_upload(link_key: str) -> int:
    """Count a file of a speaker; return the seconds to wait after 40 in a day, else 0.

    A link may have been passed on, and each file may have 30 MB. A renewed link begins anew.
    """
    if count("uploads", link_key, DAY) <= allowed("uploads", 40):
        return 0
    return seconds_left(DAY)


def wait_after_dead_link(visitor: str | None) -> int:
    """Count a link that leads nowhere; return the seconds to wait after 30 in an hour, else 0."""
    if not visitor or count("dead_links", visitor, HOUR) <= allowed("dead_links", 30):
        return 0
    return seconds_left(HOUR)


def may_check_certificate(talk_id: int, visitor: str | None) -> bool:
    """Count a look at a certificate of this talk; allow a network 20 in an hour."""
    return count("certificates", f"{visitor} {talk_id}", HOUR) <= allowed("certificates", 20)


def allowed(rule: str, number: int) -> float:
    return settings.THROTTLE.get(rule, number)


class Window(NamedTuple):
    """What is counted of whom, in so many seconds of the clock."""

    rule: str
    subject: str
    seconds: int

    @property
    def key(self) -> str:
        """What stands in the table for the subject in the present window."""
        salt = f"registration.throttle.{end_of_window(self.seconds)}"
        return salted_hmac(salt, f"{self.rule} {self.subject}", algorithm="sha256").hexdigest()


def count(rule: str, subject: str, seconds: int) -> int:
    """Count one more in the window of so many seconds; return what it holds now."""
    (number,) = count_together(Window(rule, subject, seconds))
    return number


def count_together(*windows: Window) -> list[int]:
    """Count one more in each window, in one statement; return what they hold now."""
    keys = [window.key for window in windows]
    ends = [end_of_window(window.seconds) for window in windows]
    rows = ", ".join(["(%s, 1, %s)"] * len(windows))
    with connection.cursor() as cursor:
        values = [value for row in zip(keys, ends, strict=True) for value in row]
        cursor.execute(UPSERT.format(rows=rows), values)
        numbers: dict[str, int] = dict(cursor.fetchall())
    return [numbers[key] for key in keys]


def end_of_window(seconds: int) -> int:
    """Return when the present window of this length ends, in seconds since 1970."""
    return int(time.time()) // seconds * seconds + seconds


def seconds_left(seconds: int) -> int:
    return end_of_window(seconds) - int(time.time())


def delete_old_counts() -> int:
    """Delete the windows that are over; return how many."""
    return Tally.objects.filter(ends_at__lte=int(time.time())).delete()[0]
