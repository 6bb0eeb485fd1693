"""Types and regions of councils, uses of their domains, and kinds of succession."""

from django.db import models


class Kind(models.TextChoices):
    """The type of a council or other public body."""

    COUNTY = "county", "County council"
    DISTRICT = "district", "District council"
    UNITARY = "unitary", "Unitary council"
    METROPOLITAN = "metropolitan", "Metropolitan council"
    LONDON_BOROUGH = "london_borough", "London borough"
    SUI_GENERIS = "sui_generis", "Other type of council"
    OTHER_BODY = "other_body", "Other public body"

    @property
    def in_text(self) -> str:
        """The name within a sentence, for example "unitary council"."""
        label = str(self.label)
        return label if self is Kind.LONDON_BOROUGH else label[0].lower() + label[1:]


class Region(models.TextChoices):
    """The nine regions of England, with the ONS's names."""

    NORTH_EAST = "north-east", "North East"
    NORTH_WEST = "north-west", "North West"
    YORKSHIRE = "yorkshire-and-the-humber", "Yorkshire and The Humber"
    EAST_MIDLANDS = "east-midlands", "East Midlands"
    WEST_MIDLANDS = "west-midlands", "West Midlands"
    EAST = "east-of-england", "East of England"
    LONDON = "london", "London"
    SOUTH_EAST = "south-east", "South East"
    SOUTH_WEST = "south-west", "South West"

    @property
    def in_text(self) -> str:
        """The name within a sentence: "the East Midlands", but "London"."""
        plain = self in (Region.LONDON, Region.YORKSHIRE)
        return str(self.label) if plain else f"the {self.label}"

    @classmethod
    def called(cls, text: str) -> list["Region"]:
        """Return the region of this name, or those with all these words in theirs.

        "Yorkshire" is one, "Midlands" two, "ast" none.
        """
        words = set(text.casefold().replace("&", "and").split()) - {"the", "region", "england"}
        named = {each: set(each.label.casefold().split()) for each in cls}
        exact = [each for each, own in named.items() if words == own - {"the", "england"}]
        return exact or [each for each, own in named.items() if words and words <= own - {"of"}]


class DomainKind(models.TextChoices):
    """How a council uses an internet domain."""

    WEBSITE = "website", "Website"
    ALTERNATE = "alternate", "Also used for email"
    SHARED = "shared", "Shared with other councils"
    LEGACY = "legacy", "Of a former council"


class SuccessionKind(models.TextChoices):
    """How one council replaced another."""

    MERGED = "merged", "Merged into"
    SPLIT = "split", "Split into"
    CONTINUING = "continuing", "Continues as"
    RENAMED = "renamed", "Renamed to"
