from django.db import migrations
from django.db.models import F

from events.migrations._frozen import (
    clean_line, clean_lines, clean_rows, clean_web_address, name_key, search_text,
)

RULES = {
    'Series': {
        'name': clean_line, 'claim': clean_line, 'introduction': clean_lines,
        'organisers': clean_lines, 'series_url': clean_web_address, 'contact_email': clean_line,
        'contact_phone': clean_line, 'provider_name': clean_line,
        'provider_address': clean_lines, 'provider_represented_by': clean_line,
        'provider_register': clean_line, 'provider_vat_id': clean_line,
        'responsible_for_content': clean_lines, 'data_protection_officer': clean_lines,
        'hosting': clean_lines, 'accessibility_gaps': clean_lines,
        'conciliation_body': clean_lines,
    },
    'Municipality': {'name': clean_line},
    'Topic': {'name': clean_line},
    'Speaker': {'name': clean_line, 'role': clean_line},
    'Material': {'title': clean_line, 'url': clean_web_address},
    'Talk': {
        'source_key': clean_line, 'title': clean_line, 'subtitle': clean_line,
        'announcement': clean_lines, 'recap': clean_lines, 'written_answers': clean_lines,
        'image_alt': clean_line, 'image_caption': clean_line, 'image_credit': clean_line,
        'dial_in': clean_line, 'meeting_url': clean_web_address,
    },
}


def clean(apps, schema_editor):
    """Take out what nobody can see; no SEQUENCE rises, and nobody is told."""
    def rows(name):
        return apps.get_model('events', name).objects.using(schema_editor.connection.alias)

    changed = {name: clean_rows(rows(name), rules) for name, rules in RULES.items()}
    if not any(changed.values()):
        return
    for town in rows('Municipality').filter(pk__in=changed['Municipality']):
        rows('Municipality').filter(pk=town.pk).update(name_key=name_key(town.name))
    for talk in rows('Talk').select_related('municipality').prefetch_related('speakers', 'topics'):
        if (text := search_text(talk)) != talk.search_text:
            rows('Talk').filter(pk=talk.pk).update(search_text=text)
    # Kept pages are old.
    rows('Revision').update(number=F('number') + 1)


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0013_longer_links'),
    ]

    operations = [
        migrations.RunPython(clean, migrations.RunPython.noop),
    ]
