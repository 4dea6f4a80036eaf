from django.conf import settings
from django.db import migrations

from registration.migrations._frozen import clean_line, clean_lines, clean_rows

RULES = {
    'Registration': {
        'name': clean_line, 'organisation': clean_line, 'question': clean_lines,
        # As the talk's title is cleaned: else people would seem not to know it.
        'told_title': clean_line,
    },
    'Message': {'subject': clean_line, 'text': clean_lines},
    'OutgoingMail': {'note': clean_lines, 'last_error': clean_line},
}


def clean(apps, schema_editor):
    """Take out what nobody can see; nobody is told."""
    alias = schema_editor.connection.alias
    for name, rules in RULES.items():
        clean_rows(apps.get_model('registration', name).objects.using(alias), rules)
    account = apps.get_model(settings.AUTH_USER_MODEL)
    clean_rows(account.objects.using(alias), {'first_name': clean_line, 'last_name': clean_line})


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0014_told'),
        ('events', '0014_clean_text'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(clean, migrations.RunPython.noop),
    ]
