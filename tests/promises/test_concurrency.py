"""However many people come at once, there are no more seats than promised, and none is lost.

Against gunicorn and a database of its own, SQLite or PostgreSQL; each test has its own talk there.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.server import Server, thanks

MAKE_TALK = """
from tests.makers import make_talk
make_talk(slug="{slug}", capacity={capacity})
"""
COUNT = """
from registration.models import OutgoingMail, Registration as R
rows = R.objects.filter(talk__slug="{slug}").order_by("created_at", "pk")
states = "".join(state[0] for state in rows.values_list("state", flat=True))
mails = OutgoingMail.objects.filter(registrations__talk__slug="{slug}").distinct()
print(states, mails.count())
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory, own_database):
    server = Server(tmp_path_factory.mktemp("site"), own_database())
    server.set_up()
    with server:
        yield server


class Rush:
    """One talk, and people who sign up for it."""

    def __init__(self, server, slug, capacity=None):
        self.server, self.slug = server, slug
        server.shell(MAKE_TALK.format(slug=slug, capacity=capacity))

    def sign_up(self, email):
        form = self.server.open_form("/anmeldung/")
        person = {"name": "Kim Beispiel", "email": email}
        return self.server.post("/anmeldung/", form, talks=self.slug, **person)

    def count(self) -> str:
        """Return the first letter of each row's state, and how many mails there are."""
        return self.server.shell(COUNT.format(slug=self.slug))


def test_never_more_seats_than_capacity_and_no_second_row(server):
    talk = Rush(server, "ten-seats", capacity=10)

    with ThreadPoolExecutor(40) as pool:
        answers = set(pool.map(talk.sign_up, [f"p{n}@stadt.example" for n in range(60)]))
    assert answers == {(302, thanks(talk.slug))}
    assert talk.count() == f"{'c' * 10}{'w' * 50} 60"

    # The same form twenty times at once: no mail more, no row more.
    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(talk.sign_up, ["p1@stadt.example"] * 20))
    assert answers == {(302, thanks(talk.slug))}
    assert talk.count() == f"{'c' * 10}{'w' * 50} 60"
    assert server.manage("check_invariants") == "Alles stimmt."


def test_cancelling_among_new_sign_ups_loses_and_doubles_no_seat(server):
    talk = Rush(server, "five-seats", capacity=5)
    # More wait than seats will become free: none is left for a new form.
    for number in range(12):
        talk.sign_up(f"q{number}@stadt.example")
    tokens = server.shell(
        "from registration.models import Registration\n"
        "from registration.models import links\n"
        f"for row in Registration.objects.filter(talk__slug='{talk.slug}').order_by('pk')[:5]:\n"
        "    print(links.token(row.key, links.PURPOSE_MINE), row.uuid)"
    )

    pages = [
        (f"/meine-anmeldung/{token}/", uuid) for token, uuid in map(str.split, tokens.splitlines())
    ]
    # Two tabs each: opened before anybody cancels.
    paths = [f"{path}{uuid}/abmelden/" for path, uuid in pages * 2]
    tabs = [(path, server.open_form(path)) for path in paths]

    with ThreadPoolExecutor(30) as pool:
        new = pool.map(talk.sign_up, [f"n{number}@stadt.example" for number in range(20)])
        left = pool.map(lambda tab: server.post(*tab), tabs)
        assert set(new) == {(302, thanks(talk.slug))}
        said = "?stand=abgemeldet&abgemeldet="
        assert set(left) == {(302, f"{path}{said}{uuid}") for path, uuid in pages}

    states = talk.count().split()[0]
    assert (states.count("c"), len(states)) == (10, 32)  # 5 confirmed, 5 cancelled
    assert server.manage("check_invariants") == "Alles stimmt."
    kinds = server.shell(
        "from registration.models import OutgoingMail\n"
        "from collections import Counter\n"
        "mails = OutgoingMail.objects.distinct()\n"
        f"mails = mails.filter(registrations__talk__slug='{talk.slug}')\n"
        "print(sorted(Counter(mail.kind for mail in mails).items()))"
    )
    assert kinds == "[('cancelled', 5), ('promoted', 5), ('signed_up', 32)]"


def token_and_uuid(server, email):
    code = (
        "from registration.models import Registration\n"
        "from registration.models import links\n"
        f"row = Registration.objects.live().get(email='{email}')\n"
        "print(links.token(row.key, links.PURPOSE_MINE), row.uuid)"
    )
    return server.shell(code).split()


def test_lost_link_asked_for_many_times_at_once_answers_like_an_unknown_address(server):
    talk = Rush(server, "lost-link")
    talk.sign_up("kim@stadt.example")
    answers = set()
    for email in ("kim@stadt.example", "fremd@stadt.example"):
        form = server.open_form("/anmeldung/links/")
        with ThreadPoolExecutor(6) as pool:
            posts = [
                pool.submit(server.post, "/anmeldung/links/", form, email=email) for _ in range(6)
            ]
            answers |= {post.result() for post in posts}

    assert answers == {(302, "/anmeldung/links/verschickt/")}


def test_double_click_on_handing_over_keeps_the_seat(server):
    talk = Rush(server, "handed-over")
    talk.sign_up("toni@stadt.example")
    token, uuid = token_and_uuid(server, "toni@stadt.example")
    path = f"/meine-anmeldung/{token}/{uuid}/weitergeben/"
    form = server.open_form(path)

    with ThreadPoolExecutor(4) as pool:
        lea = {"name": "Lea Beispiel", "email": "lea@stadt.example"}
        posts = [pool.submit(server.post, path, form, **lea) for _ in range(4)]
        statuses = {post.result()[0] for post in posts}

    # Whoever comes after the first finds the link dead.
    assert statuses <= {302, 404}
    assert talk.count().split()[0] == "c"
    assert len(token_and_uuid(server, "lea@stadt.example")) == 2
    assert server.manage("check_invariants") == "Alles stimmt."
