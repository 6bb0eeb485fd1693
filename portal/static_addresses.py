"""Storage and addresses of static files."""

from functools import cache
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticAddresses(CompressedManifestStaticFilesStorage):
    """Whitenoise's hashed and compressed files, with a cache of their addresses.

    Every page has about six, and the manifest does not change while the process runs.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = cache(super().url)
