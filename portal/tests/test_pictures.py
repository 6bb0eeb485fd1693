"""How pages show pictures: sizes, formats, credit, what loads first."""

import io

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.template import Context, Template
from django.test import RequestFactory
from PIL import Image

from portal import pictures
from portal.models import Picture
from portal.pictures import SHAPES, draw_missing

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    drawn = io.BytesIO()
    half = Image.new("RGB", (200, 160), "green")
    half.paste("yellow", (100, 0, 200, 160))
    half.save(drawn, "PNG")
    return Picture.objects.create(title="hall.png", file=ContentFile(drawn.getvalue(), "hall.png"))


def shown(picture, arguments: str = "", request=None) -> BeautifulSoup:
    template = Template(f"{{% load pictures %}}{{% show_picture picture {arguments} %}}")
    context = Context({"picture": picture, "request": request})
    return BeautifulSoup(template.render(context), "html.parser")


@pytest.mark.parametrize(("shape", "widths"), [("wide", 4), ("card", 2), ("portrait", 2)])
def test_picture_has_new_formats_several_widths_and_its_size(picture, shape, widths):
    found = shown(picture, f'shape="{shape}"')
    kinds = [source["type"] for source in found.find_all("source")]
    assert kinds == ["image/avif", "image/webp"]
    for source in [*found.find_all("source"), found.img]:
        assert len(source["srcset"].split(",")) == widths
        assert source["sizes"]
    assert found.img["src"].endswith(".jpg")
    assert int(found.img["width"]) > 0
    assert int(found.img["height"]) > 0
    made = picture.renditions.filter(filter_spec__contains="avif").first()
    with Image.open(made.file.path) as opened:
        assert opened.format == "AVIF"


def test_only_the_first_picture_of_a_page_loads_at_once(picture):
    request = RequestFactory().get("/")
    loads = [shown(picture, request=request).img["loading"] for _ in range(3)]
    assert loads == ["eager", "lazy", "lazy"]


def test_words_are_those_given_and_never_the_file_name(picture):
    assert shown(picture).img["alt"] == ""
    assert shown(picture, 'alt="A hall"').img["alt"] == "A hall"
    picture.contextual_alt_text = "A green hall"
    assert shown(picture).img["alt"] == "A green hall"
    picture.decorative = True
    assert shown(picture).img["alt"] == ""


def test_credit_and_licence_stand_under_it(picture):
    assert not shown(picture).figcaption
    picture.credit, picture.rights = "Ada <b>", Picture.Rights.CC_BY
    caption = shown(picture).figcaption
    assert caption.get_text() == "Picture: Ada <b>, CC BY 4.0"
    assert caption.a["href"] == "https://creativecommons.org/licenses/by/4.0/"
    picture.rights = Picture.Rights.OURS
    assert shown(picture).figcaption.get_text() == "Picture: Ada <b>"


def test_cut_follows_the_focal_point(picture):
    picture.focal_point_x, picture.focal_point_y = 180, 80
    picture.focal_point_width = picture.focal_point_height = 20
    shown(picture, 'shape="portrait"')
    made = picture.renditions.get(filter_spec="fill-160x160|format-jpeg")
    with Image.open(made.file.path) as opened:
        red, _, blue = opened.convert("RGB").getpixel((made.width // 2, made.height // 2))
    assert red > 200 > blue  # yellow


def test_known_picture_asks_the_database_for_nothing(picture, django_assert_num_queries):
    again = Picture.objects.get(pk=picture.pk)
    shown(again)
    with django_assert_num_queries(0):
        shown(again)


def test_worker_draws_every_size_before_a_visitor_asks(picture, monkeypatch):
    monkeypatch.setattr(pictures, "DRAW_FOR", 600)
    every = sum(len(shape.specs) for shape in SHAPES.values())
    assert draw_missing() == every
    assert picture.renditions.count() == every
    assert draw_missing() == 0


def test_worker_stops_after_some_seconds_and_passes_over_a_lost_file(picture, monkeypatch):
    monkeypatch.setattr(pictures, "DRAW_FOR", 600)
    lost = Picture.objects.create(title="Lost", file="lost.png", width=1, height=1, file_hash="a")
    assert draw_missing() == sum(len(shape.specs) for shape in SHAPES.values())
    assert not lost.renditions.exists()
    picture.renditions.all().delete()
    monkeypatch.setattr(pictures, "DRAW_FOR", -1)
    assert draw_missing() == 0
