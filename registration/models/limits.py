"""How often: what strangers send is counted in the database, so all hosts share the counts.

The numbers that are allowed stand in webtalks/http/throttle.py.

A row is one window of one rule for one subject, an address or a network. The subject stands there
as an HMAC under a key of the day: nobody can tell later who it was, and the worker deletes the row
once its window is over (24 hours at most).
"""

import time
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection, models
from django.utils.crypto import salted_hmac

from registration.models.addresses import email_key

DAY = 24 * 3600
# Seconds that a window lasts, from the first count on; how many it allows: settings.THROTTLE.
PERIODS = {
    "sign_ups": 600,
    "forms": 3600,
    "mails": DAY,
    "way_in": 3600,
    "dead_links": 3600,
}


class Count(NamedTuple):
    """What a window holds, this count included, and the seconds until it is over."""

    number: int
    seconds_left: int


class Tally(models.Model):
    """One window; written by `count` alone."""

    key = models.CharField(max_length=64, primary_key=True)
    number = models.PositiveIntegerField()
    # Seconds since 1970, which one statement handles alike on both databases.
    ends_at = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        verbose_name = "Zähler"
        verbose_name_plural = "Zähler"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} bis {self.ends_at}"


class Verdict(NamedTuple):
    """What the counts say of a form."""

    # Seconds until this network may send again; 0: it may.
    wait: int = 0
    must_confirm: bool = False
    # Until then no mail goes to the address, but for what must not be lost.
    quiet_until: datetime | None = None


def judge_form(email: str, visitor: str | None = None) -> Verdict:
    """Count a well-formed form for its canonical address, and for the network it came from."""
    occasions = [("forms", email_key(email))]
    if visitor:
        occasions.append(("sign_ups", visitor))
    form, *rest = count(*occasions)
    limits = settings.THROTTLE
    verdict = Verdict()
    if form.number > limits["forms"]:
        end = datetime.fromtimestamp(int(time.time()) + form.seconds_left, UTC)
        verdict = verdict._replace(quiet_until=end)
    for network in rest:
        verdict = verdict._replace(
            must_confirm=network.number > limits["sign_ups"],
            wait=network.seconds_left if network.number > limits["sign_ups_refused"] else 0,
        )
    return verdict


def may_mail(email_key: str | None) -> bool:
    """Count a mail that a stranger can cause; whether one more of them may go out."""
    return email_key is not None and allows("mails", email_key)


def allows(rule: str, subject: str) -> bool:
    (found,) = count((rule, subject))
    return found.number <= settings.THROTTLE[rule]


def wait_after_dead_link(visitor: str | None) -> int:
    """Count a link that leads nowhere; return the seconds to wait, 0 as long as it is few."""
    if not visitor:
        return 0
    (found,) = count(("dead_links", visitor))
    return found.seconds_left if found.number > settings.THROTTLE["dead_links"] else 0


# A row of yesterday whose window still runs is carried on under the key of today, so midnight
# gives nobody a free pass.
_YESTERDAY = "FROM registration_tally AS y WHERE y.key = %s AND y.ends_at > %s"
_ROW = f"""(
    %s,
    1 + COALESCE((SELECT y.number {_YESTERDAY}), 0),
    COALESCE((SELECT y.ends_at {_YESTERDAY}), %s)
)"""  # noqa: S608
_UPSERT = """
    INSERT INTO registration_tally AS t (key, number, ends_at) VALUES {rows}
    ON CONFLICT (key) DO UPDATE SET
        number = CASE WHEN t.ends_at > %s THEN t.number + 1 ELSE 1 END,
        ends_at = CASE WHEN t.ends_at > %s THEN t.ends_at ELSE excluded.ends_at END
    RETURNING key, number, ends_at
"""


def count(*occasions: tuple[str, str]) -> list[Count]:
    """Count each (rule, subject) and return what their windows hold now, in one statement.

    The rows are written in the order of their keys, so two of these never wait for each other.
    """
    now = int(time.time())
    today = now // DAY
    rows = {
        hashed(today, rule, subject): (hashed(today - 1, rule, subject), now + PERIODS[rule])
        for rule, subject in occasions
    }
    parameters: list[str | int] = []
    for key, (yesterday, end) in sorted(rows.items()):
        parameters += [key, yesterday, now, yesterday, now, end]
    statement = _UPSERT.format(rows=", ".join([_ROW] * len(rows)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, now, now])
        found = {key: Count(number, end - now) for key, number, end in cursor.fetchall()}
    return [found[key] for key in rows]


def hashed(day: int, rule: str, subject: str) -> str:
    """Return what stands in the table for the subject on this day (days since 1970, UTC)."""
    key = salted_hmac(f"registration.throttle.{day}", f"{rule} {subject}", algorithm="sha256")
    return key.hexdigest()


def forget_counts() -> int:
    """Delete the windows that are over; return how many."""
    return Tally.objects.filter(ends_at__lte=int(time.time())).delete()[0]
