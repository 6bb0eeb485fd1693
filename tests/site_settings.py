"""portal/settings.py for the site of the browser journeys while `make test` measures coverage."""

from tests import measured

measured.start()

from portal.settings import *  # noqa: E402, F403
