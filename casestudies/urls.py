"""Addresses of case studies that are not pages: open data and briefing packs."""

from django.urls import path

from casestudies import api
from casestudies.views import open_data, packs

app_name = "casestudies"

urlpatterns = [
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
