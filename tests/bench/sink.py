"""A mail server that counts: `python -m tests.bench.sink PORT`; at its end a figure on stdout.

Mails a second, from the first to the last. It keeps none of them.
"""

import signal
import sys
import time

from aiosmtpd.controller import Controller


class Sink:
    """Takes everything, and notes when."""

    def __init__(self):
        self.moments = []

    async def handle_DATA(self, server, session, envelope):
        self.moments.append(time.monotonic())
        return "250 OK"

    def per_second(self) -> float:
        return (len(self.moments) - 1) / (self.moments[-1] - self.moments[0])


if __name__ == "__main__":
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=int(sys.argv[1]))
    controller.start()
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.pause()
    controller.stop()
    print(sink.per_second())
