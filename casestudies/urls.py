"""Addresses of case studies that are not pages: open data, briefing packs and what is new."""

from django.urls import path, re_path

from casestudies import api
from casestudies.forms.submissions import SECTION_FORMS
from casestudies.views import confirmations, news, open_data, packs, submissions

app_name = "casestudies"

MINE = r"^my/members/(?P<slug>[-a-zA-Z0-9_]+)/case-studies/"
# Longer numbers match no row and overflow the database's integers.
ONE = rf"{MINE}(?P<pk>[0-9]{{1,15}})/"
SECTION = f"(?P<section>{'|'.join(SECTION_FORMS)})/$"

urlpatterns = [
    path("case-studies/corrections/", news.corrections, name="corrections"),
    path("case-studies/feed/", news.feed, name="feed"),
    path("case-studies/pack/", packs.pack, name="pack"),
    path("case-studies/pack.docx", packs.pack_docx, name="pack_docx"),
    path("case-studies/still-true/<str:token>/", confirmations.still_true, name="still_true"),
    path(
        "case-studies/still-true/<str:token>/new-link/",
        confirmations.new_link,
        name="still_true_new_link",
    ),
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
    re_path(f"{MINE}$", submissions.overview, name="submissions"),
    re_path(f"{MINE}new/$", submissions.start, name="submission_start"),
    re_path(rf"{MINE}change/(?P<page>[-\w]+)/$", submissions.change, name="submission_change"),
    re_path(f"{ONE}$", submissions.submission, name="submission"),
    re_path(f"{ONE}pictures/$", submissions.pictures, name="submission_pictures"),
    re_path(f"{ONE}pictures/remove/$", submissions.remove_picture, name="picture_remove"),
    re_path(f"{ONE}preview/$", submissions.preview, name="submission_preview"),
    re_path(f"{ONE}{SECTION}", submissions.section, name="submission_section"),
    re_path(f"{ONE}(?P<what>send|take-back|withdraw)/$", submissions.act, name="submission_act"),
]
