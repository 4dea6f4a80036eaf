"""The organisers' pages about people, as Django's admin finds them.

Each class holds its list, its rights and its actions. Pages of our own are plain functions in
registration/desk.
"""

from registration.admin import mails, organiser_messages, records, registrations, talks

__all__ = ["mails", "organiser_messages", "records", "registrations", "talks"]
