from django.db import migrations

from registration.migrations._frozen import grant_roles


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0006_newest_first'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='registration',
            options={'ordering': ['-created_at', '-pk'], 'permissions': [('export_registration', 'Darf Anmeldungen exportieren')], 'verbose_name': 'Anmeldung', 'verbose_name_plural': 'Anmeldungen'},
        ),
        migrations.RunPython(grant_roles, migrations.RunPython.noop),
    ]
