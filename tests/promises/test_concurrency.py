"""However many people come at once, there are no more seats than promised, and none is lost.

Against gunicorn and a database of its own, SQLite or PostgreSQL.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.server import Server, thanks

SLUG = "vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg"


@pytest.fixture
def server(tmp_path, database_url):
    server = Server(tmp_path, database_url)
    server.set_up(demo=True)
    with server:
        yield server


@pytest.fixture
def sign_up(server):
    def sign_up(email):
        form = server.open_form("/anmeldung/")
        return server.post("/anmeldung/", form, talks=SLUG, name="Kim Beispiel", email=email)

    return sign_up


COUNT = f"""
from registration.models import OutgoingMail, Registration as R
rows = R.objects.filter(talk__slug="{SLUG}").order_by("created_at", "pk")
states = "".join(state[0] for state in rows.values_list("state", flat=True))
print(states, OutgoingMail.objects.count())
"""


def test_never_more_seats_than_capacity_and_no_second_row(server, sign_up):
    server.shell(
        f"from events.models import Talk\nTalk.objects.filter(slug='{SLUG}').update(capacity=10)"
    )

    with ThreadPoolExecutor(40) as pool:
        answers = set(pool.map(sign_up, [f"p{n}@stadt.example" for n in range(60)]))
    assert answers == {(302, thanks(SLUG))}
    assert server.shell(COUNT) == f"{'c' * 10}{'w' * 50} 60"

    # The same form twenty times at once: no mail more, no row more.
    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(sign_up, ["p1@stadt.example"] * 20))
    assert answers == {(302, thanks(SLUG))}
    assert server.shell(COUNT) == f"{'c' * 10}{'w' * 50} 60"
    assert server.manage("check_invariants") == "Alles stimmt."


def test_cancelling_among_new_sign_ups_loses_and_doubles_no_seat(server, sign_up):
    server.shell(
        f"from events.models import Talk\nTalk.objects.filter(slug='{SLUG}').update(capacity=5)"
    )
    # More wait than seats will become free: none is left for a new form.
    for number in range(12):
        sign_up(f"p{number}@stadt.example")
    tokens = server.shell(
        "from registration.models import Registration\n"
        "from registration.models import links\n"
        "for row in Registration.objects.order_by('pk')[:5]:\n"
        "    print(links.token(row.key, links.PURPOSE_MINE), row.uuid)"
    )

    pages = [
        (f"/meine-anmeldung/{token}/", uuid) for token, uuid in map(str.split, tokens.splitlines())
    ]
    # Two tabs each: opened before anybody cancels.
    paths = [f"{path}{uuid}/abmelden/" for path, uuid in pages * 2]
    tabs = [(path, server.open_form(path)) for path in paths]

    with ThreadPoolExecutor(30) as pool:
        new = pool.map(sign_up, [f"n{number}@stadt.example" for number in range(20)])
        left = pool.map(lambda tab: server.post(*tab), tabs)
        assert set(new) == {(302, thanks(SLUG))}
        said = "?stand=abgemeldet&abgemeldet="
        assert set(left) == {(302, f"{path}{said}{uuid}") for path, uuid in pages}

    states = server.shell(COUNT).split()[0]
    assert (states.count("c"), len(states)) == (10, 32)  # 5 confirmed, 5 cancelled
    assert server.manage("check_invariants") == "Alles stimmt."
    kinds = server.shell(
        "from registration.models import OutgoingMail\n"
        "from collections import Counter\n"
        "print(sorted(Counter(OutgoingMail.objects.values_list('kind', flat=True)).items()))"
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


def test_lost_link_asked_for_many_times_at_once_answers_like_an_unknown_address(server, sign_up):
    sign_up("kim@stadt.example")
    answers = set()
    for email in ("kim@stadt.example", "fremd@stadt.example"):
        form = server.open_form("/anmeldung/links/")
        with ThreadPoolExecutor(6) as pool:
            posts = [
                pool.submit(server.post, "/anmeldung/links/", form, email=email) for _ in range(6)
            ]
            answers |= {post.result() for post in posts}

    assert answers == {(302, "/anmeldung/links/verschickt/")}


def test_double_click_on_handing_over_keeps_the_seat(server, sign_up):
    sign_up("kim@stadt.example")
    token, uuid = token_and_uuid(server, "kim@stadt.example")
    path = f"/meine-anmeldung/{token}/{uuid}/weitergeben/"
    form = server.open_form(path)

    with ThreadPoolExecutor(4) as pool:
        lea = {"name": "Lea Beispiel", "email": "lea@stadt.example"}
        posts = [pool.submit(server.post, path, form, **lea) for _ in range(4)]
        statuses = {post.result()[0] for post in posts}

    # Whoever comes after the first finds the link dead.
    assert statuses <= {302, 404}
    assert server.shell(COUNT).split()[0] == "c"
    assert len(token_and_uuid(server, "lea@stadt.example")) == 2
    assert server.manage("check_invariants") == "Alles stimmt."
