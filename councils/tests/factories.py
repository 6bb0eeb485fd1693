"""A factory of councils."""

import itertools

from councils.choices import Kind, Region
from councils.models import Council

_count = itertools.count(1)


def make_council(**fields) -> Council:
    """Create a council with a name of its own; `fields` are the model's."""
    number = next(_count)
    return Council.objects.create(
        **{
            "key": f"k{number}",
            "slug": f"council-{number}",
            "name": f"Council {number:03d}",
            "official_name": f"Council {number:03d} District Council",
            "kind": Kind.DISTRICT,
            "region": Region.NORTH_WEST,
        }
        | fields
    )
