"""Every address that sends a file, with every kind of file: docs/security.md, "Files"."""

import io
import re
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from wagtail.documents.models import Document
from wagtail.images import get_image_model

from campaign import cards
from multiplier.calculator.examples import EXAMPLE
from network import member_map
from network.actions import sign_ups
from network.models import Upload
from network.models.tasks import private_files
from portal.security import documents
from portal.security.files import DOCUMENTS, PICTURES, TYPES, UNLISTED

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent
SCRIPT = b"<script xmlns='http://www.w3.org/1999/xhtml'>alert(document.domain)</script>"
# What a browser, or something in it, would run if it were told what it is.
HOSTILE = {
    "page.html": SCRIPT,
    "PAGE.HTM": SCRIPT,
    "page.xhtml": SCRIPT,
    "page.shtml": SCRIPT,
    "page.mht": b"Content-Type: text/html\n\n" + SCRIPT,
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'>%s</svg>" % SCRIPT,
    "drawing.svgz": SCRIPT,
    "drawing.svg.gz": SCRIPT,
    "data.xml": b"<?xml version='1.0'?>" + SCRIPT,
    "style.xsl": b"<?xml version='1.0'?>" + SCRIPT,
    "style.css": b"* { background: red }",
    "script.js": b"alert(1)",
    "script.mjs": b"alert(1)",
    "film.swf": b"FWS\x09",
    "code.wasm": b"\0asm\1\0\0\0",
    "app.hta": SCRIPT,
    "app.webmanifest": b"{}",
    "nothing": SCRIPT,
    "picture.png": SCRIPT,
    "picture.JPG": SCRIPT,
    "picture.webp": SCRIPT,
    "paper.pdf": b"%PDF-1.7\n" + SCRIPT,
    "page.html.pdf": SCRIPT,
    "notes.txt": SCRIPT,
    "figures.csv": SCRIPT,
    "data.json": SCRIPT,
    "letter.docx": SCRIPT,
}
each_kind = pytest.mark.parametrize("name", HOSTILE)


def check(answer, name: str, *, download: bool = False) -> None:
    """Check an answer against the rule."""
    ending = Path(name).suffix.lower()
    assert answer.status_code == 200
    assert answer["Content-Type"] == TYPES.get(ending, UNLISTED)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Content-Encoding" not in answer
    shown = ending in PICTURES and not download
    assert answer["Content-Disposition"].partition(";")[0] == ("inline" if shown else "attachment")


@pytest.fixture
def stored(request):
    """Return a function that stores a file, which is deleted afterwards."""

    def store(folder: str, name: str, storage=default_storage) -> str:
        saved = storage.save(f"{folder}{name}", ContentFile(HOSTILE[name]))
        request.addfinalizer(lambda: storage.delete(saved))
        return saved

    return store


@each_kind
@pytest.mark.parametrize("folder", ["", "images/", "original_images/", "cards/", "other/"])
@pytest.mark.parametrize("debug", [True, False])
def test_file_of_the_media_folder_follows_the_rule(client, settings, stored, folder, name, debug):
    settings.DEBUG = debug
    check(client.get(f"/media/{stored(folder, name)}"), name)


@each_kind
def test_document_follows_the_rule(client, stored, name):
    path = stored("documents/", name)
    document = Document.objects.create(title="Paper", file=path, file_size=1)

    answer = client.get(document.url)

    check(answer, name)
    again = client.get(document.url, headers={"If-Modified-Since": answer["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")


@each_kind
def test_upload_follows_the_rule(as_, council, officer, stored, name):
    sign_up = sign_ups.start_sign_up(council, by=officer)
    path = stored("logo/", name, private_files())
    upload = Upload.objects.create(
        sign_up=sign_up, kind="logo", file=path, content_type="text/html", size=1, by=officer
    )

    check(as_(officer).get(upload.get_absolute_url()), name, download=True)


def test_picture_for_sharing_follows_the_rule(client, council):
    picture = cards.of_council(council, member_map.load())
    default_storage.save(picture.file, ContentFile(SCRIPT))

    check(client.get("/cards/councils/leeming.png"), "leeming.png")

    default_storage.delete(picture.file)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_result_of_the_calculator_follows_the_rule(client, kind):
    kept = client.post("/multiplier/", {**EXAMPLE, "do": "keep"})["Location"]
    query = urlsplit(kept).query
    check(client.get(f"/multiplier/result.{kind}?{query}"), f"x.{kind}")


def test_committee_paper_follows_the_rule(client):
    check(client.get("/join/committee-paper.docx"), "committee-paper.docx")


@pytest.mark.parametrize("name", ["case-studies", "results"])
def test_open_data_follows_the_rule(client, name):
    check(client.get(f"/data/{name}.csv"), f"{name}.csv")


def test_briefing_pack_follows_the_rule(content, client):
    slug = "bradford-spending-with-the-district-first"
    check(client.get(f"/case-studies/pack.docx?page={slug}"), "pack.docx")


@pytest.mark.parametrize("path", ["/static/portal/img/card.png", "/favicon.ico"])
def test_file_of_our_own_is_what_its_name_says(client, path):
    answer = client.get(path)
    assert answer["Content-Type"].startswith("image/")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_no_other_module_sends_files_by_itself():
    doors = re.compile(r"FileResponse\(|Content-Disposition|as_attachment|\bsendfile\b")
    found = {
        str(path.relative_to(ROOT))
        for app in sorted(set(TESTED))
        for path in (ROOT / app).rglob("*.py")
        if "tests" not in path.parts
        for line in path.read_text().splitlines()
        if doors.search(line) and not re.search(r"by_rule\(|as_attachment: bool|file_of\(", line)
    }
    assert found == {"portal/security/files.py"}


TESTED = ["portal", "multiplier", "principles", "councils", "network", "casestudies"]
TESTED += ["campaign", "search"]


# ---- What editors can upload -------------------------------------------------------------


def zipped(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def whole_document(ending: str, **more: bytes) -> bytes:
    """Return a document that is what its name says, as far as anybody looks."""
    if ending == ".pdf":
        writer, made = PdfWriter(), io.BytesIO()
        writer.add_blank_page(100, 100)
        writer.write(made)
        return made.getvalue()
    kind = DOCUMENTS[ending].encode()
    if b"openxml" in kind:
        types = b'<Types><Override ContentType="%s.main+xml"/></Types>' % kind
        return zipped(**{"[Content_Types].xml": types}, **more)
    return zipped(mimetype=kind, **more) if b"opendocument" in kind else b"Name,Amount\r\n"


def upload(client, name: str, content: bytes):
    file = ContentFile(content, name=name)
    return client.post("/admin/documents/add/", {"title": "T", "file": file, "collection": 1})


@pytest.fixture
def editing(as_, editor, settings):
    settings.DEBUG = True  # no second factor
    yield as_(editor)
    for document in Document.objects.all():
        document.file.delete(save=False)


def test_every_listed_type_can_be_uploaded(editing, settings):
    assert [f".{ending}" for ending in settings.WAGTAILDOCS_EXTENSIONS] == sorted(DOCUMENTS)
    for ending in DOCUMENTS:
        answer = upload(editing, f"paper{ending}", whole_document(ending))
        assert answer.status_code == 302, answer.content
    assert Document.objects.count() == len(DOCUMENTS)


@each_kind
def test_hostile_file_cannot_be_uploaded(editing, name):
    if Path(name).suffix in {".txt", ".csv"}:
        return  # text is downloaded as text, whatever it says
    upload(editing, name, HOSTILE[name])
    assert not Document.objects.exists()


@pytest.mark.parametrize("ending", DOCUMENTS)
def test_document_of_another_type_than_its_name_is_refused(editing, ending):
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    for content in [picture.getvalue(), b"PK\x03\x04" + b"\0" * 99, b"MZ\x90\0" + b"\0" * 99]:
        page = upload(editing, f"paper{ending}", content).content.decode()
        assert "again" in page
    others = [each for each in DOCUMENTS if each not in {ending, ".csv", ".txt"}]
    for other in others:
        assert upload(editing, f"paper{ending}", whole_document(other)).status_code == 200
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("ending", "part"),
    [
        (".docx", "word/vbaProject.bin"),
        (".xlsx", "xl/vbaProject.bin"),
        (".pptx", "ppt/activeX/activeX1.bin"),
        (".odt", "Basic/Standard/Module1.xml"),
        (".ods", "Scripts/python/evil.py"),
    ],
)
def test_document_with_macros_is_refused(editing, ending, part):
    page = upload(editing, f"paper{ending}", whole_document(ending, **{part: b"x"}))
    assert "This file has macros" in page.content.decode()
    assert not Document.objects.exists()


def test_document_that_unpacks_to_a_bomb_is_refused(editing, monkeypatch):
    bomb = whole_document(".docx", **{"word/media/image1.png": b"\0" * 2_000_000})
    assert len(bomb) > 2_000_000 > documents.MOST_PARTS
    monkeypatch.setattr(documents, "MOST_UNPACKED", 1_000_000)
    assert "once it is unpacked" in upload(editing, "paper.docx", bomb).content.decode()
    monkeypatch.undo()
    many = whole_document(".odt", **{f"Pictures/{n}": b"" for n in range(documents.MOST_PARTS)})
    assert "once it is unpacked" in upload(editing, "paper.odt", many).content.decode()
    assert not Document.objects.exists()


def test_pdf_that_does_something_is_refused(editing):
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    writer._add_object(DictionaryObject(script))
    writer.write(made)
    page = upload(editing, "paper.pdf", made.getvalue()).content.decode()
    assert "The PDF contains scripts" in page
    assert not Document.objects.exists()


def test_bulk_upload_checks_the_content_too(editing):
    for name, status in [("paper.pdf", False), ("figures.csv", True)]:
        content = SCRIPT if name == "paper.pdf" else whole_document(".csv")
        answer = editing.post(
            "/admin/documents/multiple/add/",
            {"title": "T", "files[]": ContentFile(content, name=name), "collection": 1},
            headers={"X-Requested-With": "XMLHttpRequest"},
        )
        assert answer.json()["success"] == status


@each_kind
def test_hostile_file_is_no_picture(editing, name):
    file = ContentFile(HOSTILE[name], name=name)
    page = editing.post("/admin/images/add/", {"title": "T", "file": file, "collection": 1})
    assert page.status_code == 200
    assert not get_image_model().objects.exists()


def test_picture_of_another_kind_than_its_name_is_refused(editing):
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2)).save(drawn, "PNG")
    for name, taken in [("a.jpg", False), ("a.svg", False), ("a.png", True)]:
        file = ContentFile(drawn.getvalue(), name=name)
        editing.post("/admin/images/add/", {"title": "T", "file": file, "collection": 1})
        assert get_image_model().objects.exists() == taken, name
    get_image_model().objects.get().file.delete(save=False)
