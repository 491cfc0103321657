from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_proof"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="practice",
            field=models.BooleanField(default=False),
        ),
    ]
