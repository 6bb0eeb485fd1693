"""Settings for tests: portal/settings.py with an environment of its own."""

import os
import tempfile

from tests import measured

measured.start()

FILES = tempfile.mkdtemp(prefix="portal-tests-")
os.environ.update(
    {
        "DEBUG": "",
        "SECRET_KEY": "for-tests-only",
        "LINK_KEY": "for-tests-only-too",
        "EMAIL_URL": "memory:",
        "SITE_URL": "http://localhost:8000",
        "TASKS_AT_ONCE": "1",
        "COUNT_QUESTIONS": "0",  # a thread would write them into the tests' database
        # Playwright's event loop runs in the thread in which pytest runs.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
        # Each process that runs tests has files of its own.
        "SEARCH_FILE": f"{FILES}/search.sqlite3",
        "MEDIA_ROOT": f"{FILES}/media",
        "UPLOADS_ROOT": f"{FILES}/uploads",
    }
)

from portal.settings import *  # noqa: E402, F403

# A fast hasher, because tests make thousands of users.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Else each browser of a test would first list all static files.
WHITENOISE_AUTOREFRESH = True
