"""Levels with what each needs, site checks, looks at changes, waivers and fines. Verdicts that were signed without an
opinion before it was asked for stay as they are."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import zhenggai.audit.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_email"),
        ("closure", "0003_kept"),
        ("documents", "0002_alarms_photos"),
        ("ledger", "0010_figures"),
        ("rulebook", "0002_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=zhenggai.audit.clock.now, verbose_name="看过的时间")),
                ("changes", models.JSONField(verbose_name="变化")),
                ("manifest", models.JSONField(verbose_name="当时的内容")),
                ("note", models.CharField(max_length=500, verbose_name="为什么结论不变")),
            ],
            options={
                "verbose_name": "看过的变化",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Penalty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fined",
                    models.CharField(
                        help_text="单位名称；个人写“个人”，不写姓名", max_length=120, verbose_name="处罚对象"
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="处罚决定书文号")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=10, verbose_name="罚款（万元）")),
                ("imposed_on", models.DateField(verbose_name="决定日期")),
                ("paid_on", models.DateField(null=True, verbose_name="缴清日期")),
                ("receipt", models.CharField(blank=True, max_length=60, verbose_name="缴款凭证号")),
            ],
            options={
                "verbose_name": "行政处罚",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SiteCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_id", models.UUIDField(unique=True, verbose_name="手机上的编号")),
                (
                    "found",
                    models.CharField(
                        choices=[("holds", "现场与材料一致"), ("partly", "部分一致"), ("differs", "现场与材料不一致")],
                        max_length=8,
                        verbose_name="现场情况",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="看到什么")),
                ("made_at", models.DateTimeField(help_text="手机上的时间", verbose_name="核查时间")),
                ("received_at", models.DateTimeField(default=zhenggai.audit.clock.now, verbose_name="收到时间")),
                ("latitude", models.DecimalField(decimal_places=6, max_digits=8, null=True, verbose_name="纬度")),
                ("longitude", models.DecimalField(decimal_places=6, max_digits=9, null=True, verbose_name="经度")),
                ("accuracy", models.PositiveIntegerField(null=True, verbose_name="误差（米）")),
            ],
            options={
                "verbose_name": "现场核查",
                "ordering": ["made_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SitePhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
            ],
            options={
                "verbose_name": "现场照片",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "condition",
                    models.CharField(
                        choices=[
                            ("targets", "量化目标未达到"),
                            ("sweeps", "举一反三未回报"),
                            ("lower", "分解的任务未销号"),
                            ("penalties", "罚款未缴清"),
                        ],
                        max_length=12,
                        verbose_name="条件",
                    ),
                ),
                ("missing", models.CharField(help_text="放行那天页面上写的", max_length=300, verbose_name="还差什么")),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("at", models.DateTimeField(default=zhenggai.audit.clock.now, verbose_name="放行时间")),
            ],
            options={
                "verbose_name": "放行",
                "ordering": ["pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="verdict",
            name="refusal_has_its_reason",
        ),
        migrations.AddField(
            model_name="applicationfile",
            name="kind",
            field=models.CharField(
                blank=True, help_text="制度要求的哪一种材料；其他的不写", max_length=120, verbose_name="材料"
            ),
        ),
        migrations.AddField(
            model_name="strikeoff",
            name="paper",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.storedfile",
                verbose_name="销号登记表",
            ),
        ),
        migrations.AddField(
            model_name="verdict",
            name="answers",
            field=models.JSONField(default=list, verbose_name="验收表"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="decider",
            field=models.CharField(
                choices=[("office", "整改办"), ("industry", "行业部门"), ("leaders", "领导小组")],
                default="office",
                max_length=8,
                verbose_name="哪一类单位",
            ),
        ),
        migrations.AddField(
            model_name="verdict",
            name="changes",
            field=models.JSONField(default=list, verbose_name="看过的变化"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="collective",
            field=models.BooleanField(default=False, verbose_name="要集体研究"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="conditions",
            field=models.JSONField(default=list, verbose_name="验收条件"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="documents",
            field=models.JSONField(default=list, verbose_name="要附的材料"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="met_on",
            field=models.DateField(null=True, verbose_name="集体研究日期"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="minutes",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.storedfile",
                verbose_name="会议纪要",
            ),
        ),
        migrations.AddField(
            model_name="verdict",
            name="minutes_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="纪要文件名"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="visit",
            field=models.BooleanField(default=False, verbose_name="要现场核查"),
        ),
        migrations.AlterField(
            model_name="verdict",
            name="reason",
            field=models.CharField(blank=True, max_length=1000, verbose_name="意见"),
        ),
        AddConstraintNotValid(
            model_name="verdict",
            constraint=models.CheckConstraint(
                condition=models.Q(("result", ""), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="verdict_has_its_opinion",
            ),
        ),
        migrations.AddConstraint(
            model_name="verdict",
            constraint=models.CheckConstraint(
                condition=models.Q(("decider__in", ["office", "industry", "leaders"])), name="verdict_decider_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="verdict",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("met_on__isnull", True), ("minutes__isnull", True)),
                    models.Q(("met_on__isnull", False), ("minutes__isnull", False)),
                    _connector="OR",
                ),
                name="minutes_have_their_day",
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="closure.application"
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="看过的人",
            ),
        ),
        migrations.AddField(
            model_name="penalty",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="penalty",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="penalties", to="ledger.task"
            ),
        ),
        migrations.AddField(
            model_name="sitecheck",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="核查人",
            ),
        ),
        migrations.AddField(
            model_name="sitecheck",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="site_checks", to="ledger.task"
            ),
        ),
        migrations.AddField(
            model_name="sitecheck",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.unit",
                verbose_name="核查单位",
            ),
        ),
        migrations.AddField(
            model_name="sitecheck",
            name="verdict",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="site_checks", to="closure.verdict"
            ),
        ),
        migrations.AddField(
            model_name="sitephoto",
            name="check_made",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="closure.sitecheck"
            ),
        ),
        migrations.AddField(
            model_name="sitephoto",
            name="stored",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.storedfile",
                verbose_name="照片",
            ),
        ),
        migrations.AddField(
            model_name="waiver",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="放行人",
            ),
        ),
        migrations.AddField(
            model_name="waiver",
            name="rulebook",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="rulebook.rulebook",
                verbose_name="依据的制度",
            ),
        ),
        migrations.AddField(
            model_name="waiver",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="waivers", to="ledger.task"
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(condition=models.Q(("note", ""), _negated=True), name="look_says_why"),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.UniqueConstraint(fields=("task", "number"), name="penalty_once"),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="penalty_is_an_amount"),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_on__isnull", True), ("receipt", "")),
                    models.Q(("paid_on__gte", models.F("imposed_on")), models.Q(("receipt", ""), _negated=True)),
                    _connector="OR",
                ),
                name="paid_penalty_has_its_receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("found__in", ["holds", "partly", "differs"])), name="site_found_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="sitecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="site_check_says_what_was_seen"
            ),
        ),
        migrations.AddConstraint(
            model_name="sitecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                    _connector="OR",
                ),
                name="site_is_on_earth",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.UniqueConstraint(fields=("task", "condition"), name="one_waiver_a_condition"),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("condition__in", ["targets", "sweeps", "lower", "penalties"])),
                name="waived_condition_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="waiver_has_its_reason"
            ),
        ),
    ]
