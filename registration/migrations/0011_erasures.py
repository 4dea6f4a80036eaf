from itertools import batched

import django.utils.timezone
from django.db import migrations, models

from registration.migrations._frozen import grant_roles


def log_who_is_forgotten(apps, schema_editor):
    """Put those into the log who were forgotten before there was one: old backups know them."""
    Registration = apps.get_model('registration', 'Registration')
    Erasure = apps.get_model('registration', 'Erasure')
    forgotten = Registration.objects.exclude(anonymised_at=None).order_by('pk')
    known = forgotten.values_list('uuid', 'anonymised_at').iterator(chunk_size=1000)
    entries = (Erasure(uuid=uuid, kind='registration', erased_at=at) for uuid, at in known)
    for chunk in batched(entries, 1000):
        Erasure.objects.bulk_create(chunk)


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0010_throttle'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='registration',
            options={'ordering': ['-created_at', '-pk'], 'permissions': [('export_registration', 'Darf Anmeldungen exportieren'), ('erase_registration', 'Darf alle Angaben einer Person löschen')], 'verbose_name': 'Anmeldung', 'verbose_name_plural': 'Anmeldungen'},
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True, verbose_name='Kennung')),
                ('kind', models.CharField(choices=[('registration', 'Anmeldung'), ('interest', 'Terminhinweis')], max_length=12, verbose_name='Art')),
                ('erased_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='Gelöscht am')),
                ('reason', models.CharField(blank=True, choices=[('retention', 'Frist abgelaufen'), ('person', 'von der Person selbst'), ('organiser', 'durch die Veranstalter'), ('handed_over', 'Platz weitergegeben'), ('expired', 'nicht rechtzeitig bestätigt')], max_length=12, verbose_name='Grund')),
            ],
            options={
                'verbose_name': 'Eintrag im Löschprotokoll',
                'verbose_name_plural': 'Löschprotokoll',
                'ordering': ['-erased_at', '-pk'],
                'indexes': [models.Index(fields=['-erased_at', '-id'], name='erasure_newest')],
            },
        ),
        migrations.RunPython(log_who_is_forgotten, migrations.RunPython.noop),
        migrations.RunPython(grant_roles, migrations.RunPython.noop),
    ]
