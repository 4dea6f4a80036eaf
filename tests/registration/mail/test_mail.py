"""A mail as it goes over the wire."""

from registration.mail.mail import Mail


def test_long_web_address_in_a_header_stays_whole():
    address = f"<https://stadt.example/{'x' * 150}>"

    mail = Mail("Wärme & Licht " * 9, headers={"List-Unsubscribe": address})

    lines = mail.message().as_bytes().decode("ascii").splitlines()
    assert f"List-Unsubscribe: {address}" in lines
    assert all(len(line) <= 78 for line in lines if address not in line)
