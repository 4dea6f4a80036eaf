"""The archive's search text, and on PostgreSQL a generated column with an index over its words.

The words come normalised, each once, so they are lexemes as they stand;
a text search configuration would cut off endings and lose the beginnings of words.
"""

from django.db import migrations, models

from events.migrations._frozen import search_text

FORWARD = """
ALTER TABLE events_talk ADD COLUMN search_vector tsvector GENERATED ALWAYS AS
    (array_to_tsvector(array_remove(string_to_array(search_text, ' '), ''))) STORED;
CREATE INDEX talk_search ON events_talk USING gin (search_vector);
"""
# The index goes with its column.
BACKWARD = "ALTER TABLE events_talk DROP COLUMN search_vector;"


def on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


def fill(apps, schema_editor):
    # Moving to PostgreSQL migrates another database than the default one.
    every = apps.get_model("events", "Talk").objects.using(schema_editor.connection.alias)
    talks = every.select_related("municipality")
    for talk in talks.prefetch_related("speakers", "topics"):
        talk.search_text = search_text(talk)
        talk.save(update_fields=["search_text"])


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_municipality_name_key'),
    ]

    operations = [
        migrations.AddField(
            model_name='talk',
            name='search_text',
            field=models.TextField(default='', editable=False),
        ),
        migrations.RunPython(on_postgresql(FORWARD), on_postgresql(BACKWARD)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
