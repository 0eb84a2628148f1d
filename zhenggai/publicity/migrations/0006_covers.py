"""Personal data in what once was public is covered; what is public now is corrected instead."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import zhenggai.audit.clock
from zhenggai.audit.pinned import pinned

KEEP = """
CREATE FUNCTION cover_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.lifted_at IS NOT NULL OR NEW.confirmed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a cover is asked for, confirmed by another, and lifted, one after the other' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM publicity_publishedversion mine WHERE mine.id = NEW.task_version_id AND NOT EXISTS (
            SELECT FROM publicity_publishedversion later WHERE later.copy_id = mine.copy_id AND later.no > mine.no)
    ) OR EXISTS (
        SELECT FROM publicity_articleversion mine WHERE mine.id = NEW.article_version_id AND NOT EXISTS (
            SELECT FROM publicity_articleversion later WHERE later.article_id = mine.article_id AND later.no > mine.no)
    ) OR EXISTS (
        SELECT FROM publicity_noticeitem item JOIN publicity_notice notice ON notice.id = item.notice_id
        WHERE item.id = NEW.notice_item_id AND notice.withdrawn_at IS NULL
          AND notice.ends_on >= (NEW.asked_at AT TIME ZONE 'Asia/Shanghai')::date
    ) THEN
        RAISE EXCEPTION 'what is public now is corrected, not covered' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cover_made BEFORE INSERT ON publicity_cover FOR EACH ROW EXECUTE FUNCTION cover_made();

CREATE FUNCTION cover_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lifting CONSTANT text[] := '{lifted_by_id,lifted_at}';
    free CONSTANT text[] := CASE WHEN OLD.confirmed_at IS NULL THEN lifting || '{confirmed_by_id,confirmed_at}' ELSE lifting END;
BEGIN
    IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL OR to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'what was covered is known for ever; a cover is confirmed once and lifted once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cover_kept BEFORE UPDATE OR DELETE ON publicity_cover FOR EACH ROW EXECUTE FUNCTION cover_kept();
"""
UNKEEP = """
DROP TRIGGER cover_made ON publicity_cover;
DROP TRIGGER cover_kept ON publicity_cover;
DROP FUNCTION cover_made;
DROP FUNCTION cover_kept;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("publicity", "0005_site_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Cover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=24, verbose_name="文字")),
                ("start", models.PositiveIntegerField(verbose_name="起")),
                ("end", models.PositiveIntegerField(verbose_name="止")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("asked_at", models.DateTimeField(default=zhenggai.audit.clock.now, verbose_name="提出时间")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="遮去时间")),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="恢复时间")),
                (
                    "article_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="publicity.articleversion",
                        verbose_name="公开信息的版本",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出的人",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="确认的人",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="恢复的人",
                    ),
                ),
                (
                    "notice_item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="publicity.noticeitem",
                        verbose_name="公示的任务",
                    ),
                ),
                (
                    "task_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="publicity.publishedversion",
                        verbose_name="任务的版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "遮去的文字",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("article_version__isnull", True),
                                ("notice_item__isnull", True),
                                ("task_version__isnull", False),
                            ),
                            models.Q(
                                ("article_version__isnull", False),
                                ("notice_item__isnull", True),
                                ("task_version__isnull", True),
                            ),
                            models.Q(
                                ("article_version__isnull", True),
                                ("notice_item__isnull", False),
                                ("task_version__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="cover_of_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))), name="cover_ends_after_it_starts"
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="cover_says_why"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                                models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="cover_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="cover_lifted_whole",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(pinned("cover_made()", "cover_kept()"), migrations.RunSQL.noop),
    ]
