"""A mail server that writes down what it takes: `python -m tests.load.sink PORT FILE [EVERY]`.

Every EVERYth recipient is refused for now, and a delivery is broken off as often.
"""

import json
import signal
import sys
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, file, every):
        self.file, self.every = file, every
        self.recipients, self.deliveries = count(1), count(1)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.every and next(self.recipients) % self.every == 0:
            return "450 grey"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.every and next(self.deliveries) % self.every == 0:
            return "451 later"
        message = message_from_bytes(envelope.content, policy=policy.default)
        # Written before the answer: what is accepted is never forgotten.
        with self.file.open("a") as file:
            print(json.dumps([message["Message-ID"], envelope.rcpt_tos[0]]), file=file)
        return "250 OK"


if __name__ == "__main__":
    port, path, every = [*sys.argv[1:], "0"][:3]
    Controller(Sink(Path(path), int(every)), hostname="127.0.0.1", port=int(port)).start()
    signal.pause()
