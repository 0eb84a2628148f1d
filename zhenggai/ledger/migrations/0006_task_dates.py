from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_guards")]
    operations = [
        migrations.AddField("task", "late_from", models.DateField(editable=False, null=True, verbose_name="滞后起日")),
        migrations.AddField("task", "early_until", models.DateField(editable=False, null=True, verbose_name="超前至")),
        migrations.AddField(
            "task", "started", models.BooleanField(default=False, editable=False, verbose_name="已启动")
        ),
    ]
