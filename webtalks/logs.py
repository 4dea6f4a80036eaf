"""What must not stand in a log."""

import logging
import re

# The links of mails and previews: who reads one may act for the person, or see the draft.
TOKEN_PATH = re.compile(
    r"(/(?:meine-anmeldung|bestaetigen|nicht-ich|teilnehmen|erinnerungen|terminhinweise|vorschau)/"
    r"|[?&]vorschau=)[^/\s?&'\"]+"
)


class HideTokens(logging.Filter):
    """Replace the tokens in logged paths; names and addresses are never logged."""

    def filter(self, record):
        record.msg, record.args = TOKEN_PATH.sub(r"\1…", record.getMessage()), ()
        return True
