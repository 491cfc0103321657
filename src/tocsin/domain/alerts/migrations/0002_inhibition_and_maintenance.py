import django.db.models.deletion
from django.db import migrations, models

import tocsin.kernel.ids


def mark_muted(apps, schema_editor):
    """Alerts under a silence today are muted ones."""
    apps.get_model("alerts", "Alert").objects.exclude(silenced_by=[]).update(muted=True)


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0001_initial"),
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Inhibition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tocsin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("source", models.JSONField(default=list)),
                ("target", models.JSONField(default=list)),
                ("equal", models.JSONField(default=list)),
                ("enabled", models.BooleanField(default=True)),
                ("author", models.CharField(max_length=200)),
                ("updated_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="InhibitionSide",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("equal", models.CharField(max_length=64)),
                ("is_source", models.BooleanField()),
                ("is_target", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="Maintenance",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tocsin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("services", models.JSONField(default=list)),
                ("matchers", models.JSONField(default=list)),
                ("zone", models.CharField(max_length=64)),
                ("first", models.CharField(max_length=19)),
                ("lasts", models.DurationField()),
                ("rule", models.CharField(blank=True, default="", max_length=200)),
                ("critical_pages", models.BooleanField(default=False)),
                ("comment", models.TextField(blank=True, default="")),
                ("author", models.CharField(max_length=200)),
                ("updated_at", models.DateTimeField()),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="alert",
            name="inhibited_by",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="alert",
            name="maintained_by",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="alert",
            name="muted",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="alertgroup",
            name="further",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="route",
            name="enabled",
            field=models.BooleanField(default=True),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(condition=models.Q(("muted", True)), fields=["state"], name="alerts_muted"),
        ),
        migrations.AddField(
            model_name="inhibitionside",
            name="alert",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="alerts.alert"),
        ),
        migrations.AddField(
            model_name="inhibitionside",
            name="inhibition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="alerts.inhibition"
            ),
        ),
        migrations.RunPython(mark_muted, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="maintenance",
            index=models.Index(fields=["ends_at"], name="alerts_maintenance_ends"),
        ),
        migrations.AddIndex(
            model_name="inhibitionside",
            index=models.Index(fields=["inhibition", "equal"], name="alerts_inhibition_equal"),
        ),
        migrations.AddConstraint(
            model_name="inhibitionside",
            constraint=models.UniqueConstraint(fields=("inhibition", "alert"), name="alerts_one_side_each"),
        ),
    ]
