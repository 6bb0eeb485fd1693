"""The calculator's addresses. The embed's is permanent: other people's pages rely on it."""

from django.urls import path

from multiplier import views

app_name = "multiplier"
urlpatterns = [
    path("multiplier/", views.calculator, name="calculator"),
    path("embed/multiplier/v1/", views.embed_v1, name="embed_v1"),
]
