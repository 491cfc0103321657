from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0010_severity_reached")]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="merge_memory",
            field=models.JSONField(default=dict),
        ),
    ]
