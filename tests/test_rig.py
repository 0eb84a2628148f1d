"""The rig itself: what should fail, fails."""

import pytest
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
