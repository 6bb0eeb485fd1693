"""Pictures that editors upload: Wagtail's image, with who made it and why it can be published."""

import time
from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    Filter,
    SourceImageIOError,
)

FORMATS = "format-{avif,webp,jpeg}"
DRAW_FOR = 5.0  # seconds of each tick, so that mail never waits long


@dataclass(frozen=True)
class Shape:
    """How a page shows a picture: its sizes, and which of them a browser takes."""

    cut: str  # the largest first: its size is the one that the page says
    sizes: str

    @property
    def specs(self) -> list[str]:
        """Every size in every format, as Wagtail names them."""
        specs: list[str] = Filter.expand_spec([self.cut, FORMATS])
        return specs


SHAPES = {
    "wide": Shape("width-{1600,1200,800,480}", "(max-width: 50rem) 100vw, 50rem"),
    "card": Shape("fill-{960x640,480x320}", "(max-width: 40rem) 100vw, 26rem"),
    "portrait": Shape("fill-{320x320,160x160}", "10rem"),
}


class Picture(AbstractImage):
    """A picture in the admin's library. `portal.security.pictures` cleans its file at upload."""

    class Rights(models.TextChoices):
        """Why we can publish it."""

        OURS = "ours", "We made it"
        PERMISSION = "permission", "Its owner gave us permission"
        OGL = "ogl", "Open Government Licence v3.0"
        CC_BY = "cc-by", "Creative Commons Attribution (CC BY 4.0)"
        CC_BY_SA = "cc-by-sa", "Creative Commons Attribution-ShareAlike (CC BY-SA 4.0)"
        PUBLIC_DOMAIN = "public-domain", "Public domain or CC0"

    #: Licences that readers are told of: name and address.
    LICENCES: ClassVar[dict[str, tuple[str, str]]] = {
        Rights.OGL: (
            "OGL v3.0",
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        ),
        Rights.CC_BY: ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        Rights.CC_BY_SA: ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    }

    credit = models.CharField(
        max_length=160,
        blank=True,
        help_text="Who made it, as they wish to be named. We show this under the picture.",
    )
    rights = models.CharField(
        "why we can publish it", max_length=20, blank=True, choices=Rights.choices
    )

    admin_form_fields = (
        "title",
        "file",
        "credit",
        "rights",
        "description",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = "picture"

    @property
    def licence(self) -> dict[str, str] | None:
        """The open licence's name and address; None if it is under none."""
        if self.rights not in self.LICENCES:
            return None
        name, url = self.LICENCES[self.rights]
        return {"name": name, "url": url}


class Rendition(AbstractRendition):
    """A picture in one size and format."""

    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_each"
            )
        ]


def draw_missing() -> int:
    """Draw sizes that pages may show, for some seconds; return how many there were to draw.

    An AVIF takes seconds, for which no visitor should wait.
    """
    until = time.monotonic() + DRAW_FOR
    every = {spec for shape in SHAPES.values() for spec in shape.specs}
    drawn = models.Count("renditions", filter=models.Q(renditions__filter_spec__in=every))
    behind = Picture.objects.annotate(drawn=drawn).filter(drawn__lt=len(every))
    made = 0
    for picture in behind.order_by("-pk"):
        there = set(picture.renditions.values_list("filter_spec", flat=True))
        for spec in sorted(every - there):
            if time.monotonic() > until:
                return made
            try:
                picture.create_rendition(Filter(spec))
            except SourceImageIOError:  # its file is lost
                break
            made += 1
    return made
