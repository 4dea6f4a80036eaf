"""Reads the bounce mailbox again and again and kills itself each time: at random, or at a step.

It prints how often it was killed until all was read. Run with the environment of a site.
"""

import imaplib
import os
import random
import signal
import sys
import time

import django

# Seconds that a reading lives at most, and how much longer the next may: so one reads to the end,
# on any machine.
LONGEST_LIFE, LONGER = 0.1, 0.02


def read():
    """Read in this process, as if the lease of the killed one had ended."""
    from registration.mail.bounces import reading
    from registration.models import BounceMailbox

    BounceMailbox.objects.update(lease_until=None)
    reading.read_mailbox()


def is_killed(work, life=None) -> bool:
    """Do the work in a fork that lives so many seconds; return whether it was killed."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    if life is not None:
        time.sleep(life)
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def kill_at_random() -> int:
    """Kill each reading but the last at a random moment."""
    kills = 0
    while is_killed(read, random.uniform(0, LONGEST_LIFE + kills * LONGER)):
        kills += 1
    return kills


def kill_at_each_step() -> int:
    """Kill readings before and after their first, second, third … command to the server."""
    step = 0
    while is_killed(lambda step=step: read_up_to(step)):
        step += 1
    return step


def read_up_to(step):
    """Read, and die before (even) or after (odd) this command."""
    uid, number = imaplib.IMAP4.uid, [0]

    def counted(client, *arguments):
        before, number[0] = number[0], number[0] + 2
        if before == step:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = uid(client, *arguments)
        if before + 1 == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    imaplib.IMAP4.uid = counted
    read()


if __name__ == "__main__":
    django.setup()
    print({"random": kill_at_random, "step": kill_at_each_step}[sys.argv[1]]())
