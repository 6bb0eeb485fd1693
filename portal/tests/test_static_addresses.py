"""Addresses of static files."""

import pytest
from django.core.files.base import ContentFile

from portal.static_addresses import StaticAddresses

FILES = {"site.css": b"body{background:url(mark.svg)}", "mark.svg": b"<svg/>"}


@pytest.fixture
def collected(tmp_path):
    """Files as after `collectstatic`."""
    storage = StaticAddresses(location=tmp_path, base_url="/static/")
    for name, content in FILES.items():
        storage.save(name, ContentFile(content))
    list(storage.post_process({name: (storage, name) for name in FILES}))
    return tmp_path


def test_address_has_hash_and_is_cached(collected, settings):
    settings.DEBUG = False
    storage = StaticAddresses(location=collected, base_url="/static/")
    address = storage.url("site.css")

    assert address.startswith("/static/site.") and len(address) > len("/static/site.css")
    assert b"mark.svg" not in (collected / address.removeprefix("/static/")).read_bytes()
    (collected / "staticfiles.json").unlink()
    assert storage.url("site.css") is address


def test_missing_file_is_refused(collected, settings):
    settings.DEBUG = False
    with pytest.raises(ValueError, match=r"nothing\.css"):
        StaticAddresses(location=collected, base_url="/static/").url("nothing.css")
