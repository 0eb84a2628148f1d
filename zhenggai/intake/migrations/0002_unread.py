from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("intake", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="proposal",
            name="unread",
            field=models.JSONField(
                default=list, help_text="原文里没有归到任何一处的段落，各记起止", verbose_name="未读入的段落"
            ),
        ),
    ]
