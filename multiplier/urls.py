"""URLs of the calculator. Those under /embed/ are permanent, because other sites rely on them."""

from django.urls import path

from multiplier.calculator import method_page, views
from multiplier.embed import frame, oembed, snippets
from multiplier.spend.views import spend

app_name = "multiplier"
urlpatterns = [
    path("multiplier/", views.calculator, name="calculator"),
    path("multiplier/method/", method_page.method, name="method"),
    path("multiplier/compare/", views.compare, name="compare"),
    path("multiplier/shift/", views.shift, name="shift"),
    path("multiplier/check/", views.check, name="check"),
    path("multiplier/result/", views.result, name="result"),
    path("multiplier/result.csv", views.taken, {"kind": "csv"}, name="result_csv"),
    path("multiplier/result.json", views.taken, {"kind": "json"}, name="result_json"),
    path("multiplier/report/", views.taken, {"kind": "report"}, name="report"),
    path("multiplier/spend/", spend, name="spend"),
    path("multiplier/embed/", snippets.embed_builder, name="embed_builder"),
    path("multiplier/embed/terms/", snippets.embed_terms, name="embed_terms"),
    path("embed/multiplier/v1/", frame.embed_v1, name="embed_v1"),
    path("embed/v1.js", frame.loader_v1, name="loader_v1"),
    path("embed/v1/accent/<str:theme>/<str:colour>.css", frame.accent_v1, name="accent_v1"),
    path("oembed/", oembed.oembed, name="oembed"),
]
