"""Factories of campaign pages."""

from wagtail.models import Page, Site

from campaign.models import ContentPage, HomePage
from principles.tests.factories import PageFactory


class HomePageFactory(PageFactory):
    """The home page; making one sets the site's root page."""

    class Meta:
        model = HomePage

    title = "Keep it Local"
    slug = "keep-it-local"
    hero_title = "The power is already here."
    hero_text = "Six principles."

    @classmethod
    def _create(cls, model, *args, parent=None, **kwargs):
        parent = parent or Page.get_first_root_node()
        home = super()._create(model, *args, parent=parent, **kwargs)
        Site.objects.update_or_create(is_default_site=True, defaults={"root_page": home})
        return home


class ContentPageFactory(PageFactory):
    """A content page, by default with one paragraph."""

    class Meta:
        model = ContentPage

    @classmethod
    def _create(cls, model, *args, parent, **kwargs):
        kwargs.setdefault("body", [("heading", "A heading")])
        return super()._create(model, *args, parent=parent, **kwargs)
