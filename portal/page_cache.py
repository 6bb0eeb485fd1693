"""Finished pages kept in a process's memory, and given out before Django runs (ADR 0017).

A view says that its answer can be kept with `@kept`, a page with `keep`. Every public change
adds a row to `PageChange` in its own transaction; each process looks at that table five times
a second.
"""

import gzip
import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qsl, urlencode

from django.apps import apps
from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from portal.faults import is_outage

logger = logging.getLogger("portal.page_cache")

ROOM = 16 * 1024 * 1024  # bytes
LOOK_EVERY = 0.2  # seconds
WAIT_FOR_FILLER = 5.0  # seconds
# Of a session, a message, and a form's token, which a kept page would give to everybody.
_PERSONAL_COOKIES = ("sessionid", "messages", "csrftoken")  # with or without "__Host-"
_HEADERS_OF_304 = {"cache-control", "content-location", "etag", "expires", "vary"}
_REMADE = {"content-length", "etag", "vary"}
_TEXT = (
    "text/",
    "application/json",
    "application/xml",
    "application/atom+xml",
    "image/svg+xml",
)

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Key = tuple[str, str, str, str]
View = Callable[..., HttpResponseBase]
Response = TypeVar("Response", bound=HttpResponseBase)


def kept(*parameters: str) -> Callable[[View], View]:
    """Decorate a view whose answer is the same for every visitor who is not signed in.

    Args:
        parameters: The query parameters that its answer depends on. With any other one, the
            answer is not kept, so that nobody can fill the memory with copies of one page.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def kept_view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            return keep(request, view(request, *args, **kwargs), *parameters)

        return kept_view

    return decorate


def keep(request: HttpRequest, response: Response, *parameters: str) -> Response:
    """Mark an answer as `@kept` does, and return it."""
    if request.method == "GET" and set(request.GET) <= set(parameters):
        response.is_kept = True  # type: ignore[attr-defined]
    return response


# Whether what is read now is part of a transaction that will be undone.
_aside: ContextVar[bool] = ContextVar("aside", default=False)


@contextmanager
def aside() -> Iterator[None]:
    """Remember nothing that is read inside: it shows what is not public, and will be undone."""
    mark = _aside.set(True)
    try:
        yield
    finally:
        _aside.reset(mark)


class Remembered:
    """What every page shows, read once for each generation and not once for each page.

    Only a process that looks at the generation remembers anything (`seen`). During an outage
    it is what was read last.

    Args:
        read: Reads it from the database.
        at_first: What to say during an outage before it was ever read.
        made_of: The models of its rows, so that a process sees its own change at once.
    """

    seen: ClassVar[tuple[object, ...] | None] = None

    def __init__(self, read: Callable[[], Any], at_first: Any, *made_of: type) -> None:
        self.read, self.made_of = read, made_of
        self.held: tuple[object, Any] = (None, at_first)  # the generation, and what was read
        self.is_wanted = False
        _all_remembered.append(self)

    @classmethod
    def look(cls, generation: tuple[object, ...] | None) -> None:
        """Read what was asked for before anew, if this generation is new, and no visitor waits."""
        if cls.seen is not generation:
            cls.seen = generation
            for each in _all_remembered:
                if each.is_wanted:
                    each()

    def forget(self) -> None:
        """Read it anew the next time."""
        self.held = (None, self.held[1])

    def __call__(self) -> Any:
        """Return it."""
        if _aside.get():
            return self.read()
        self.is_wanted = True
        seen, (of, value) = self.seen, self.held
        if seen is not None and of is seen:
            return value
        try:
            value = self.read()
        except Error as problem:
            if not is_outage(problem):
                raise
        else:
            self.held = (seen, value)  # in one step, because another thread may read it
        return value


_all_remembered: list[Remembered] = []


def note_change(sender: Any, **kwargs: object) -> None:
    """Receive a public change: make every kept page stale once its transaction is committed."""
    for each in _all_remembered:
        if issubclass(sender, each.made_of):
            each.forget()
    apps.get_model("portal.PageChange").objects.create()


def note_saved(sender: Any, **kwargs: Any) -> None:
    """Receive the saving or deletion of any row, and note it if public pages show such rows."""
    if sender.__module__ == "__fake__":  # in a migration, before the table is there
        return
    fields = kwargs.get("update_fields")
    if fields and set(fields) <= _OF_A_DRAFT:
        return
    label = sender._meta.label
    is_of_app = sender._meta.app_label in _SHOWN_APPS and label not in _HIDDEN_MODELS
    if is_of_app or label in _SHOWN_MODELS:
        note_change(sender)


# More than is shown rather than less: a row too many makes pages anew, one too few leaves them old.
_SHOWN_APPS = {
    "principles",
    "councils",
    "network",
    "casestudies",
    "campaign",
    "wagtailredirects",
    "wagtaildocs",
}
_SHOWN_MODELS = {
    "portal.SiteOperator",
    "wagtailcore.Site",
    "wagtailcore.Page",
    "wagtailcore.PageViewRestriction",
    "portal.Picture",
}
# Rows of these apps that no public page shows, and that anybody can make us write.
_HIDDEN_MODELS = {
    "campaign.Supporter",
    "campaign.SupporterTopic",
    "campaign.CouncilAsk",
    "campaign.Newsletter",
    "campaign.NewsletterItem",
    "campaign.Newsletter_councils",
    "casestudies.NamedContact",
    "network.AskerBlock",
    "network.Question",
}
# What Wagtail saves with every draft, while an editor types.
_OF_A_DRAFT = {
    "latest_revision",
    "latest_revision_created_at",
    "draft_title",
    "has_unpublished_changes",
    "wagtail_admin_comments",
}


def generation() -> tuple[object, ...]:
    """Return a value that changes with every public change, and at midnight.

    Rows are counted and summed, because a row with a lower number can be committed later than
    one with a higher. The time tells rows from those of the same number before a restore.
    """
    changes = apps.get_model("portal.PageChange").objects
    found = changes.aggregate(n=Count("pk"), sum=Sum("pk"), at=Max("at"))
    return found["n"], found["sum"], found["at"], timezone.localdate()


@dataclass(frozen=True, slots=True)
class Form:
    """An answer in one encoding: its mark, and the headers of a 200."""

    mark: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished answer. Texts are kept as gzip, and unpacked for the few who do not take it."""

    generation: tuple[object, ...]
    body: bytes
    plain: Form
    zipped: Form | None

    @property
    def size(self) -> int:
        """How many bytes it takes, about."""
        return len(self.body) + 2000

    @classmethod
    def of(cls, response: Any, seen: tuple[object, ...]) -> "Kept":
        """Return the finished form of Django's answer, made from what was public at `seen`."""
        body = response.content
        mark = hashlib.sha256(body).hexdigest()[:24]
        headers = [pair for pair in response.items() if pair[0].lower() not in _REMADE]
        headers.append(("Vary", "Accept-Encoding, Cookie"))
        if not response.has_header("Cache-Control"):
            headers.append(("Cache-Control", "no-cache"))  # browsers ask each time, and get 304
        plain = _form(f'"{mark}"', headers, len(body))
        if not response.get("Content-Type", "").startswith(_TEXT):
            return cls(seen, body, plain, None)
        body = gzip.compress(body, 6, mtime=0)
        headers.append(("Content-Encoding", "gzip"))
        return cls(seen, body, plain, _form(f'"{mark}-z"', headers, len(body)))

    def answer(self, environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
        """Send it: 304 if the visitor has the same bytes, no body for HEAD."""
        takes_gzip = self.zipped and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        form = self.zipped if takes_gzip and self.zipped else self.plain
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked and (asked.strip() == "*" or form.mark in asked):
            told = [pair for pair in form.headers if pair[0].lower() in _HEADERS_OF_304]
            start_response("304 Not Modified", told)
            return [b""]
        start_response("200 OK", form.headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            return [b""]
        return [gzip.decompress(self.body) if self.zipped and not takes_gzip else self.body]


def _form(mark: str, headers: Headers, length: int) -> Form:
    return Form(mark, [*headers, ("ETag", mark), ("Content-Length", str(length))])


class PageCache:
    """A WSGI application that answers with finished pages, and asks Django for all others.

    Args:
        application: Django.
        look: Returns the present generation.
        room: How many bytes of answers to keep; those least lately asked for go first.
    """

    def __init__(
        self,
        application: Callable[..., Any],
        look: Callable[[], tuple[object, ...]] = generation,
        room: int = ROOM,
    ) -> None:
        self.application = application
        self.look = look
        self.room = room
        self.used = 0
        self.known: tuple[object, ...] | None = None
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._filling: dict[Key, threading.Event] = {}
        self._lock = threading.Lock()  # for filling; a hit takes none
        self._watcher: threading.Thread | None = None

    def __call__(self, environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
        """Answer from memory if possible, else fill or pass on."""
        if self._watcher is None or not self._watcher.is_alive():
            self._watch()
        if (key := key_of(environ)) is None:
            return self.application(environ, start_response)
        if found := self._fresh(key):
            return found.answer(environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            return self.application(environ, start_response)
        return self._fill_or_wait(key, environ, start_response)

    def _fresh(self, key: Key) -> Kept | None:
        found = self._kept.get(key)
        if found is None or found.generation != self.known:
            return None
        try:  # noqa: SIM105 (`suppress` would double the time of a hit)
            self._kept.move_to_end(key)
        except KeyError:  # another thread has just dropped it
            pass
        return found

    def _watch(self) -> None:
        """Start the thread that looks; once in each process. Until it has, Django answers."""
        with self._lock:
            if self._watcher is None or not self._watcher.is_alive():
                self._watcher = threading.Thread(target=self._go_on_looking, daemon=True)
                self._watcher.start()

    def _go_on_looking(self) -> None:
        while True:
            try:
                connection.close_if_unusable_or_obsolete()
                self.refresh()
                Remembered.look(self.known)
            except Exception:  # whatever it is, looking must go on
                logger.exception("Looking for changes of public pages failed")
            time.sleep(LOOK_EVERY)

    def refresh(self) -> None:
        """Look at the generation; if the database does not answer, stay with the known one."""
        try:
            if (found := self.look()) != self.known:
                self.known = found
        except Error as problem:
            logger.debug("The generation of pages cannot be read: %s", type(problem).__name__)

    def _fill_or_wait(
        self, key: Key, environ: Environ, start_response: Callable[..., object]
    ) -> Iterable[bytes]:
        """Ask Django and keep its answer; wait while another request makes a stale page anew.

        For a page of which there is no copy nobody waits, because it may never be kept.
        """
        with self._lock:
            filled = self._filling.get(key)
            if filled is None:
                self._filling[key] = filled = threading.Event()
                is_first = True
            else:
                is_first = False
        if not is_first:
            if key in self._kept:
                filled.wait(WAIT_FOR_FILLER)
            if found := self._fresh(key):
                return found.answer(environ, start_response)
            return self.application(environ, start_response)
        try:
            return self._fill(key, environ, start_response)
        finally:
            with self._lock:
                self._filling.pop(key).set()

    def _fill(
        self, key: Key, environ: Environ, start_response: Callable[..., object]
    ) -> Iterable[bytes]:
        before = self.known  # what Django reads after this is at least as new
        told: list[Any] = []
        response = self.application(environ, lambda *words: told.extend(words))
        if before is None or not is_fit(response):
            start_response(*told)
            return response
        try:
            made = Kept.of(response, before)
        finally:
            response.close()  # Django's end of the request
        self._put(key, made)
        return made.answer(environ, start_response)

    def _put(self, key: Key, made: Kept) -> None:
        """Keep one more answer, and drop those least lately asked for."""
        if made.size > self.room // 8:
            return
        with self._lock:
            if old := self._kept.pop(key, None):
                self.used -= old.size
            self._kept[key] = made
            self.used += made.size
            while self.used > self.room:
                self.used -= self._kept.popitem(last=False)[1].size


def key_of(environ: Environ) -> Key | None:
    """Return what an answer is kept under; None if the request must go through Django.

    The host need not be checked: only an answer of 200 is kept, and Django refuses other hosts.
    """
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or environ.get("SCRIPT_NAME"):
        return None
    if "HTTP_AUTHORIZATION" in environ or "HTTP_RANGE" in environ:
        return None
    cookies = environ.get("HTTP_COOKIE")
    if cookies and any(name in cookies for name in _PERSONAL_COOKIES):
        return None
    scheme = environ.get("wsgi.url_scheme", "")
    if proxied := settings.SECURE_PROXY_SSL_HEADER:
        scheme = environ.get(proxied[0], "")
    query = environ.get("QUERY_STRING", "")
    if query:
        query = urlencode(sorted(parse_qsl(query, keep_blank_values=True), key=lambda p: p[0]))
    return scheme, environ.get("HTTP_HOST", "").lower(), environ.get("PATH_INFO", ""), query


def is_fit(response: Any) -> bool:
    """Whether Django's answer is marked, whole, and the same for everybody."""
    if not getattr(response, "is_kept", False) or response.status_code != 200:
        return False
    if response.streaming or response.cookies or response.has_header("Content-Encoding"):
        return False
    if any(word in response.get("Cache-Control", "") for word in ("no-store", "private")):
        return False
    if "nonce-" in response.get("Content-Security-Policy", ""):
        return False
    varies = {name.strip() for name in response.get("Vary", "").lower().split(",")}
    return varies <= {"", "accept-encoding", "cookie"}  # cookies that matter end at `key_of`


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    """Read Accept-Encoding (RFC 9110, 12.5.3)."""
    for each in accepted.lower().split(","):
        name, _, quality = each.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "").removeprefix("q=") not in {"0", "0.0", "0.00", "0.000"}
    return False
