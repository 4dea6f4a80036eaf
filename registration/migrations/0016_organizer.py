from django.conf import settings
from django.db import migrations, models

from registration.migrations._frozen import organizer


def fill(apps, schema_editor):
    """Keep to the organizer of the invitations that people have got."""
    alias = schema_editor.connection.alias
    series = apps.get_model('events', 'Series').objects.using(alias)
    contact = series.values_list('contact_email', flat=True).first()
    address = organizer(contact or '') or organizer(settings.DEFAULT_FROM_EMAIL)
    rows = apps.get_model('registration', 'Registration').objects.using(alias)
    invited = rows.filter(state='confirmed')
    invited.filter(anonymised_at=None).exclude(email_key=address.lower()).update(organizer=address)


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0015_clean_text'),
    ]

    operations = [
        migrations.AddField(
            model_name='registration',
            name='organizer',
            # The database knows the default too: the version before goes on writing meanwhile.
            field=models.EmailField(
                blank=True, db_default='', default='', editable=False, max_length=254
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
