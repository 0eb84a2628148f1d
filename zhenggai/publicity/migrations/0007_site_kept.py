"""What was public stays: released versions are only added. What was published before has its first version and can be
found."""

from typing import Any

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
CREATE FUNCTION public_version_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was public stays readable: versions are only added' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER article_version_kept BEFORE UPDATE OR DELETE ON publicity_articleversion
    FOR EACH ROW EXECUTE FUNCTION public_version_kept();
CREATE TRIGGER published_version_kept BEFORE UPDATE OR DELETE ON publicity_publishedversion
    FOR EACH ROW EXECUTE FUNCTION public_version_kept();
"""
UNKEEP = """
DROP TRIGGER article_version_kept ON publicity_articleversion;
DROP TRIGGER published_version_kept ON publicity_publishedversion;
DROP FUNCTION public_version_kept;
"""
FIRST = """
INSERT INTO publicity_publishedversion (copy_id, no, since, content)
SELECT id, 1, refreshed_at, jsonb_build_object(
    'headline', headline, 'issue', issue, 'goal', goal, 'measures', measures, 'units', units, 'due_words', due_words,
    'state_words', state_words, 'result', result, 'struck_off_on', to_char(struck_off_on, 'YYYY-MM-DD')
) FROM publicity_publishedtask
"""


def make_findable(apps: Any, schema: Any) -> None:
    """The words of what is public already, for the search."""
    from django.contrib.postgres.search import SearchVectorField
    from django.db.models import Func, Value

    from zhenggai.publicity.querysets import grams_of

    text_of = apps.get_model("publicity", "PublicText")
    rows: list[tuple[str, int, str, str, str, Any]] = []
    for copy in apps.get_model("publicity", "PublishedTask").objects.order_by("pk").iterator():
        words = "\n".join([copy.headline, copy.issue, copy.goal, *copy.measures, *copy.units, copy.result])
        title = f"{copy.number} {copy.headline}"
        rows.append(("task", copy.pk, title, words, f"/public/tasks/{copy.task_id}/", copy.published_at.date()))
    for notice in apps.get_model("publicity", "Notice").objects.order_by("pk").prefetch_related("items"):
        items = [f"{item.number}{item.headline}\n{item.issue}\n{item.result}" for item in notice.items.all()]
        words = "\n".join([notice.number, *items])
        rows.append(("notice", notice.pk, notice.title, words, f"/public/notices/{notice.pk}/", notice.starts_on))
    for kind, target, title, words, url, on in rows:
        grams = Func(
            Value(grams_of(f"{title}\n{words}")), function="array_to_tsvector", output_field=SearchVectorField()
        )
        text_of.objects.create(kind=kind, target=target, title=title[:300], text=words, url=url, on=on, grams=grams)


class Migration(migrations.Migration):
    dependencies = [("publicity", "0006_site")]
    operations = [
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.RunPython(make_findable, migrations.RunPython.noop),
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(pinned("public_version_kept()"), migrations.RunSQL.noop),
    ]
