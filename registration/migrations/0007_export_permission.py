from django.db import migrations

from registration.roles import grant_in_migration


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0006_newest_first'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='registration',
            options={'ordering': ['-created_at', '-pk'], 'permissions': [('export_registration', 'Darf Anmeldungen exportieren')], 'verbose_name': 'Anmeldung', 'verbose_name_plural': 'Anmeldungen'},
        ),
        migrations.RunPython(grant_in_migration, migrations.RunPython.noop),
    ]
