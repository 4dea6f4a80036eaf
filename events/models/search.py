"""What the archive's search looks through: one text per talk, rewritten when a part of it changes.

The words are made comparable here and not in the database, so that PostgreSQL and SQLite find the
same. Both look for words that begin with the ones asked for (docs/decisions.md).
"""

import re
import unicodedata
from contextlib import contextmanager

from django.apps import apps
from django.db.models import Lookup, QuerySet, TextField, prefetch_related_objects

WORD = re.compile(r"[^\W_]+")
# PostgreSQL refuses lexemes of more than 2 KB; nobody types a word of this length.
MAX_WORD = 60
MAX_ASKED = 8
ENDINGS = re.compile(r"(?<=....)(?:ern|en|em|er|es|e|n|s)$")


def words(text: str) -> list[str]:
    """Return the words of `text` in the form in which they are compared.

    `Größe`, `GRÖSSE`, `Groesse` and `grosse` are the same word. Each letter depends only on those
    before it: the beginning of a word stays a beginning.
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return [re.sub("([aou])e", r"\1", word)[:MAX_WORD] for word in WORD.findall(plain.casefold())]


def asked_words(query: str) -> list[str]:
    """Return the beginnings to look for: without their endings, `Bürgerräte` finds `Bürgerrat`."""
    return list(dict.fromkeys(ENDINGS.sub("", word) for word in words(query)))[:MAX_ASKED]


def text_of(talk) -> str:
    """Return the text to store: every word once, each with a space before it."""
    parts = [talk.title, talk.subtitle, talk.announcement, talk.recap]
    if talk.municipality:
        parts += [talk.municipality.name, talk.municipality.land]
    for speaker in talk.speakers.all():
        parts += [speaker.name, speaker.role]
    parts += [topic.name for topic in talk.topics.all()]
    return "".join(f" {word}" for word in dict.fromkeys(words(" ".join(parts))))


def rewrite(pks: set):
    """Write the search text of the talks `pks` anew, where it has changed.

    Their rows are locked before their parts are read: of two changes at once, the second must see
    what the first has written.
    """
    if not pks:
        return
    model = apps.get_model("events", "Talk")
    talks = model.objects.lock(pks)
    prefetch_related_objects(talks, "municipality", "speakers", "topics")
    changed = []
    for talk in talks:
        if (text := text_of(talk)) != talk.search_text:
            talk.search_text = text
            changed.append(talk)
    # Round our own QuerySet: the change that leads here has raised the revision.
    QuerySet(model).bulk_update(changed, ["search_text"], batch_size=200)


@contextmanager
def following(rows, *, is_leading: bool = True):
    """Rewrite, after the write inside, the talks that the rows led to before it and lead to now.

    A speaker may move from one talk to another, or go. Call it inside a transaction.
    """
    if not (rows.model.SEARCHED and is_leading):
        yield
        return
    pks = set(rows.order_by().values_list("pk", flat=True))
    found = rows.model._base_manager.filter(pk__in=pks).values_list(rows.model.TO_TALK, flat=True)
    touched = set(found)
    yield
    rewrite((touched | set(found.all())) - {None})


@TextField.register_lookup
class Beginnings(Lookup):
    """`search_text__beginnings=[…]`: every asked word begins one of the text."""

    lookup_name = "beginnings"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        likes = " AND ".join([f"{column} LIKE %s"] * len(self.rhs))
        return f"({likes})", [*list(params) * len(self.rhs), *(f"% {word}%" for word in self.rhs)]

    def as_postgresql(self, compiler, connection):
        """Ask the generated column that has the index (migration 0004)."""
        vector = f"{connection.ops.quote_name(self.lhs.alias)}.search_vector"
        return f"{vector} @@ %s::tsquery", [" & ".join(f"'{word}':*" for word in self.rhs)]
