"""Where the built files of the site are served."""

from functools import cache
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticAddresses(CompressedManifestStaticFilesStorage):
    """Whitenoise's hashed and compressed files, each address worked out once a process: half a
    dozen stand on every page, and the list of files is read when the process starts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = cache(super().url)
