from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0020_town_settled'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='send_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='Verschicken am'),
        ),
        migrations.AddField(
            model_name='message',
            name='talk_change_no',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='note_change_no',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='state',
            field=models.CharField(choices=[('queued', 'wartet'), ('held', 'zurückgehalten'), ('sent', 'verschickt'), ('failed', 'unzustellbar'), ('obsolete', 'entfallen')], default='queued', max_length=10, verbose_name='Stand'),
        ),
    ]
