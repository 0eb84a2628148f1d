"""The rig itself: what should fail, fails."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Field, Model
from django.template import engines

from tests.world import World
from zhenggai.accounts.models import Unit


def test_world_is_built(world: World) -> None:
    assert world.south_office.place == world.south
    assert Unit.objects.below(world.city.pk).filter(pk=world.south_gov.pk).exists()


def test_unknown_template_variable_fails() -> None:
    template = engines["django"].from_string("{{ nothing.here }}")
    with pytest.raises(pytest.fail.Exception):
        template.render({})


def choices() -> list[tuple[type[Model], Field]]:  # type: ignore[type-arg]
    own = [model for model in apps.get_models() if model.__module__.startswith("zhenggai.")]
    return [(model, field) for model in own for field in model._meta.fields if field.choices]


@pytest.mark.parametrize(("model", "field"), choices(), ids=lambda value: getattr(value, "__name__", str(value)))
def test_the_database_knows_every_word_of_a_choice(db: None, model: type[Model], field: Field) -> None:  # type: ignore[type-arg]
    """A status, role or kind that the code does not know is refused by the database, whoever writes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
            [model._meta.db_table],
        )
        rules = [rule for (rule,) in cursor.fetchall() if f"({field.column})" in rule]
    words = {f"'{value}'" for value, _ in field.flatchoices if value}
    assert any(all(word in rule for word in words) for rule in rules), rules
