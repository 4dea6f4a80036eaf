"""What no form of the admin sends, and what must not come of it."""

# Strings that have broken look-ups, arithmetic or files elsewhere; a browser can send each.
DIGITS = "9" * 23
NONSENSE = [
    *[DIGITS, f"-{DIGITS}", "9" * 5000, "-1", "1.5", "٣", "nan", "1,2,x", "x", "\0"],
    *['ä & "', "%", "[]", "9999-99-99", "\u2028", "😀" * 300],
]
# Some of them where there is much to try.
FEW = [DIGITS, f"-{DIGITS}", "9" * 5000, "x", "\0", "1,2,x"]
# The answers that say something: done, not like this, not you, not here, too much.
ANSWERS = {200, 302, 400, 403, 404, 405, 413, 422}


def failures(send, tried) -> dict:
    """Return what did not answer as it should, of everything that `send` was given."""
    failed = {}
    for what in tried:
        try:
            status = send(*what).status_code
        except Exception as error:  # the client raises what the site would answer with 500
            status = repr(error)[:200]
        if status not in ANSWERS:
            failed[tuple(str(part)[:90] for part in what)] = status
    return failed
