"""An uploaded file stays in memory: Django's own handlers would write a large one to disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload

LARGEST = 20 * 1024 * 1024


class InMemoryOnly(MemoryFileUploadHandler):
    """Holds files up to LARGEST in memory and lets go of what is larger: `activated` tells."""

    activated = True

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any) -> None:
        """Decide by the length of the whole request."""
        self.activated = content_length <= LARGEST

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Read a file that is too large to its end, so that the browser hears why."""
        if not self.activated:
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)
