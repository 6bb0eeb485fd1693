"""Addresses of case studies that are not pages: open data, briefing packs and what is new."""

from django.urls import path

from casestudies import api
from casestudies.views import news, open_data, packs

app_name = "casestudies"

urlpatterns = [
    path("case-studies/corrections/", news.corrections, name="corrections"),
    path("case-studies/feed/", news.feed, name="feed"),
    path("case-studies/pack/", packs.pack, name="pack"),
    path("case-studies/pack.docx", packs.pack_docx, name="pack_docx"),
    path("data/", open_data.about, name="data"),
    *(
        path(
            f"data/{name}.{ending}",
            api.file,
            {"name": name, "ending": ending},
            name=f"{name}.{ending}",
        )
        for name in api.FILES
        for ending in ("csv", "json")
    ),
]
