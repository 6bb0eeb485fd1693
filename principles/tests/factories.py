"""Factories of the principles' pages, made below `parent`."""

import factory

from principles.models import Principle, PrincipleIndexPage, PrinciplePage


class PageFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    title = factory.Sequence("Page {}".format)

    @classmethod
    def _create(cls, model, *args, parent, **kwargs):
        return parent.add_child(instance=model(*args, **kwargs))


class PrincipleIndexPageFactory(PageFactory):
    class Meta:
        model = PrincipleIndexPage

    title = "The six principles"
    slug = "principles"
    intro = "Six ways of working."


class PrinciplePageFactory(PageFactory):
    """The page of principle `number`; a migration made the six rows."""

    class Meta:
        model = PrinciplePage
        exclude = ["number"]

    number = 1
    principle = factory.LazyAttribute(lambda o: Principle.objects.get(number=o.number))
    title = factory.LazyAttribute(lambda o: o.principle.name)
    slug = factory.LazyAttribute(lambda o: o.principle.slug)
    intro = "Start here."
    meaning = "<p>What it means.</p>"
