"""Addresses of case studies that are not pages: open data."""

from django.urls import path

from casestudies import api
from casestudies.views import open_data

app_name = "casestudies"

urlpatterns = [
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
