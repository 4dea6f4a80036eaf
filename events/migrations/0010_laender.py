from django.db import migrations, models

from events.migrations._frozen import search_text

LAENDER = [
    'Baden-Württemberg', 'Bayern', 'Berlin', 'Brandenburg', 'Bremen', 'Hamburg', 'Hessen',
    'Mecklenburg-Vorpommern', 'Niedersachsen', 'Nordrhein-Westfalen', 'Rheinland-Pfalz',
    'Saarland', 'Sachsen', 'Sachsen-Anhalt', 'Schleswig-Holstein', 'Thüringen',
]
SHORT = dict(zip(
    ['bw', 'by', 'be', 'bb', 'hb', 'hh', 'he', 'mv', 'ni', 'nw', 'rp', 'sl', 'sn', 'st', 'sh', 'th'],
    LAENDER,
)) | {'nrw': 'Nordrhein-Westfalen', 'rlp': 'Rheinland-Pfalz'}
UMLAUTS = str.maketrans({'ä': 'ae', 'ö': 'oe', 'ü': 'ue'})


def key(text):
    """Return what the ways of writing a Land have in common: `Freistaat Thueringen`."""
    words = text.casefold().translate(UMLAUTS).replace('-', ' ').split()
    ignored = {'freistaat', 'land', 'bundesland', 'freie', 'und', 'hansestadt', '(land)'}
    return ' '.join(word for word in words if word not in ignored)


BY_KEY = {key(land): land for land in LAENDER} | SHORT


def map_laender(apps, schema_editor):
    """Write each Land by its name; what is none becomes empty, and a task on the desk."""
    alias = schema_editor.connection.alias
    Municipality = apps.get_model('events', 'Municipality').objects.using(alias)
    Talk = apps.get_model('events', 'Talk').objects.using(alias)
    changed = []
    for town in Municipality.exclude(land__in=LAENDER):
        town.land = BY_KEY.get(key(town.land), '')
        town.save(update_fields=['land'])
        changed.append(town.pk)
    talks = Talk.filter(municipality__in=changed).select_related('municipality')
    for talk in talks.prefetch_related('speakers', 'topics'):
        talk.search_text = search_text(talk)
        talk.save(update_fields=['search_text'])


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0009_when_a_talk_was_moved'),
    ]

    operations = [
        migrations.RunPython(map_laender, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='municipality',
            name='land',
            field=models.CharField(choices=[(land, land) for land in LAENDER], max_length=40, verbose_name='Land'),
        ),
        migrations.AddConstraint(
            model_name='municipality',
            constraint=models.CheckConstraint(
                condition=models.Q(('land__in', ['', *LAENDER])), name='municipality_land'
            ),
        ),
    ]
