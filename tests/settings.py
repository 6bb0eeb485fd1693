"""portal/settings.py, told by its environment that this process runs the tests."""

import os
import tempfile

os.environ.update(
    {
        "DEBUG": "",
        "SECRET_KEY": "for-tests-only",
        "LINK_KEY": "for-tests-only-too",
        "EMAIL_URL": "memory:",
        "SITE_URL": "http://localhost:8000",
        "TASKS_AT_ONCE": "1",
        "COUNT_QUESTIONS": "0",  # a thread would write them into the tests' database
        # Playwright's event loop lives in the thread in which pytest runs.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
)
os.environ.setdefault("SEARCH_FILE", f"{tempfile.mkdtemp()}/search.sqlite3")

from portal.settings import *  # noqa: F403
