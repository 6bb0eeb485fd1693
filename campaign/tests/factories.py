"""Pages of the campaign for tests."""

from wagtail.models import Page, Site

from campaign.models import ContentPage, HomePage
from principles.tests.factories import PageFactory


class HomePageFactory(PageFactory):
    """The site's first page: where the site points to from then on."""

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
    """A page with one paragraph, unless told otherwise."""

    class Meta:
        model = ContentPage

    @classmethod
    def _create(cls, model, *args, parent, **kwargs):
        kwargs.setdefault("body", [("heading", "A heading")])
        return super()._create(model, *args, parent=parent, **kwargs)
