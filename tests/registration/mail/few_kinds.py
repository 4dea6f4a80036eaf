"""Every kind of mail with the gate's few: one of each sort of recipient and of end.

The long run tries all, each way in which a mail comes about.
"""

import pytest

from tests.registration.mail.every_kind import EVERY_KIND

# A person, by each thing that can become of their mail; a wish for another address; who left.
FEW = ["please_confirm", "signed_up", "three_talks", "talk_moved", "change_address", "lost_link"]
FEW += ["cancelled", "hand_over", "erased", "move", "reminder_day", "message", "recap"]
# Interested people, a speaker, an account, organisers, a town.
FEW += ["interest", "news", "speaker_link", "speaker_check_moved", "invitation"]
FEW += ["account_changed", "talk_full", "offer"]


def few(params):
    """Return the parameters, those but of the few marked as slow."""
    assert {make.__name__ for _, make in (param.values for param in params)} >= set(FEW)
    return [
        param
        if param.values[1].__name__ in FEW
        else pytest.param(*param.values, id=param.id, marks=pytest.mark.slow)
        for param in params
    ]


KINDS = few(EVERY_KIND)
