"""Addresses of the site (DESIGN section 4)."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from campaign.cards import card
from portal.account_history import history
from portal.accounts import LoginCodeView, sign_in_again
from portal.crawlers import SITEMAPS, robots, security_txt
from portal.health import healthz, readyz
from portal.mail import bounces
from portal.mail.dev_page import dev_mail, dev_mail_html
from portal.middleware import in_one_transaction
from portal.page_cache import kept
from portal.page_routes import serve
from portal.page_styles import page_styles
from portal.security.files import document, media
from portal.styleguide import styleguide

# Both before anything reads admin.site.urls. Otherwise Django's own login form stays in use,
# without the second factor (stack.md, section 3).
admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

decorate_urlpatterns(wagtailadmin_urls.urlpatterns, in_one_transaction)
decorate_urlpatterns(wagtaildocs_urls.urlpatterns, document)

to_login = RedirectView.as_view(pattern_name="account_login", query_string=True)
to_code = RedirectView.as_view(pattern_name="account_request_login_code", query_string=True)

handler500 = "portal.faults.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("robots.txt", robots, name="robots"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("sitemap.xml", kept()(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("styles/<str:signature>/<str:packed>.css", page_styles, name="page_styles"),
    path("styleguide/", styleguide, name="styleguide"),
    path("dev/mail/", dev_mail, name="dev_mail"),
    path("dev/mail/<str:message_id>/", dev_mail_html, name="dev_mail_html"),
    path("mail-events/", include(bounces.patterns())),
    path("admin/login/", to_login),
    path("_util/login/", to_login),
    path("accounts/signup/", to_code),
    path(
        "accounts/login/code/confirm/",
        LoginCodeView.as_view(),
        name="account_confirm_login_code",
    ),
    path("accounts/history/", history, name="account_history"),
    path("accounts/sign-in-again/", sign_in_again, name="account_sign_in_again"),
    path("accounts/", include("allauth.urls")),
    path("django-admin/", admin.site.urls),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("search/", include("search.urls")),
    path("api/v1/", include("portal.api")),
    path("", include("multiplier.urls")),
    path("", include("network.urls")),
    path("", include("casestudies.urls")),
    path("", include("campaign.urls")),
    path("cards/<str:kind>/<slug:slug>.png", card, name="card"),
    path("media/<path:path>", media),
    re_path(wagtail_urls.serve_pattern, serve, name="wagtail_serve"),
    path("", include(wagtail_urls)),
]
