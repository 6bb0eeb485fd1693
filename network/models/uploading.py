"""Where uploaded files are kept: outside what the web server hands out."""

import secrets
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage


def private_files() -> Storage:
    """The folder of uploads. It has no address."""
    return FileSystemStorage(location=settings.UPLOADS_ROOT, base_url=None)


def random_name(upload, filename: str) -> str:
    """A name that nobody can guess; the ending is the checked one's, set by the action."""
    return f"{upload.kind}/{secrets.token_hex(16)}{PurePosixPath(filename).suffix.lower()}"
