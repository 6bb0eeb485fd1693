"""Files of the media folder, and documents by their names; tests/test_every_file.py has more."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.documents.models import Document

SCRIPT = b"<script>alert(document.domain)</script>"


@pytest.fixture
def stored():
    """Return a function that stores a file and returns its address."""
    names = []

    def store(name: str, content: bytes = SCRIPT) -> str:
        names.append(default_storage.save(name, ContentFile(content)))
        return default_storage.url(names[-1])

    yield store
    for name in names:
        default_storage.delete(name)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["no/such.png", "../settings.py", "%2e%2e/manage.py", ""])
def test_address_without_file_is_not_found(client, path):
    assert client.get(f"/media/{path}").status_code in {400, 404}


@pytest.mark.django_db
def test_document_is_sent_from_its_own_address_alone(client, stored):
    path = stored("documents/paper.pdf", b"%PDF-1.4")
    document = Document.objects.create(
        title="Paper", file=path.removeprefix("/media/"), file_size=8
    )

    assert client.get(path).status_code == 404
    assert client.get(document.url).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["a.html", "a.svg", "a.js", "a.HTML", "a.xml", "a.docm", "a.exe", "a"]
)
def test_document_of_unlisted_type_is_refused(name):
    document = Document(title="Bad", file=ContentFile(SCRIPT, name=name))

    with pytest.raises(ValidationError):
        document.full_clean(exclude=["collection"])


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["paper.pdf", "letter.DOCX", "figures.csv", "figures.ods"])
def test_document_of_listed_type_is_taken(name):
    document = Document(title="Good", file=ContentFile(b"x", name=name))

    document.full_clean(exclude=["collection"])


@pytest.mark.django_db
def test_editors_account_asks_for_no_time_zone(as_, editor, settings):
    from wagtail.admin.localization import get_available_admin_time_zones  # noqa: PLC0415

    assert get_available_admin_time_zones() == ["Europe/London"]
