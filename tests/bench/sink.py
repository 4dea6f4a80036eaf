"""A mail server that takes everything and keeps nothing: `python -m tests.bench.sink PORT`."""

import signal
import sys

from aiosmtpd.controller import Controller


class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"


if __name__ == "__main__":
    Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    signal.pause()
