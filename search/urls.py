"""Search's addresses, below /search/."""

from django.urls import path

from search.views import page

app_name = "search"

urlpatterns = [
    path("", page.search, name="search"),
    path("suggest/", page.suggest, name="suggest"),
]
