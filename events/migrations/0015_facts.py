import django.core.validators
from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Coalesce

ANSWERS = [(None, 'keine Angabe'), (True, 'ja'), (False, 'nein')]
TICKS = ['has_captions', 'has_sign_language']


def rows(apps, schema_editor, name):
    return apps.get_model('events', name).objects.using(schema_editor.connection.alias)


def keep_what_is_ticked(apps, schema_editor):
    """Let what nobody has ticked be as in the series; a number to dial says that one can dial."""
    talks = rows(apps, schema_editor, 'Talk')
    for name in TICKS:
        talks.filter(**{name: False}).update(**{name: None})
    talks.exclude(dial_in='').update(has_telephone=True)
    # Kept pages are old.
    rows(apps, schema_editor, 'Revision').update(number=F('number') + 1)


def untick_what_is_unsaid(apps, schema_editor):
    # In one statement: PostgreSQL alters no table whose rows were written twice before.
    rows(apps, schema_editor, 'Talk').update(**{name: Coalesce(name, False) for name in TICKS})
    rows(apps, schema_editor, 'Revision').update(number=F('number') + 1)


def answer(label):
    return models.BooleanField(blank=True, choices=ANSWERS, null=True, verbose_name=label)


# The database knows the default of texts too: the version before goes on writing meanwhile.
NEW = {
    'programme': models.CharField(blank=True, db_default='', default='', help_text='Nur der Name, damit die IT im Rathaus weiß, worum es geht.', max_length=80, verbose_name='Programm der Videokonferenz'),
    'runs_in_browser': answer('Läuft im Browser, ohne Installation'),
    'test_url': models.URLField(blank=True, db_default='', default='', help_text='Öffentliche Adresse, unter der man Bild und Ton ausprobiert. Nie der Zugangslink.', max_length=2000, validators=[django.core.validators.URLValidator(code='https_only', message='Bitte geben Sie eine Adresse an, die mit https:// beginnt.', schemes=['https'])], verbose_name='Verbindung testen'),
    'is_recorded': answer('Wird aufgezeichnet'),
    'recording_use': models.CharField(blank=True, db_default='', default='', help_text='Ein ganzer Satz, etwa: „Das Video steht danach auf der Seite des Talks.“ Erscheint nur, wenn aufgezeichnet wird.', max_length=300, verbose_name='Was mit der Aufzeichnung geschieht'),
    'has_telephone': answer('Teilnahme per Telefon'),
}
TICKED = {
    'has_captions': answer('Live-Untertitel'),
    'has_sign_language': answer('Gebärdensprache'),
}


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0014_clean_text'),
    ]

    operations = [
        *(
            migrations.AddField(model_name=model, name=name, field=field.clone())
            for model, fields in (('series', NEW | TICKED), ('talk', NEW))
            for name, field in fields.items()
        ),
        *(
            migrations.AlterField(model_name='talk', name=name, field=field.clone())
            for name, field in TICKED.items()
        ),
        migrations.AlterField(
            model_name='talk',
            name='dial_in',
            field=models.CharField(blank=True, help_text='Für die Einwahl per Telefon. Nur Angemeldete bekommen sie: in ihren E-Mails und auf ihrer Seite, nie im Kalender.', max_length=200, verbose_name='Nummer und PIN'),
        ),
        migrations.RunPython(keep_what_is_ticked, untick_what_is_unsaid),
    ]
