"""WSGI application: kept pages, and Django behind them."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django = get_wsgi_application()

from portal.page_cache import PageCache  # noqa: E402 (it needs Django's apps)

application = PageCache(django)
