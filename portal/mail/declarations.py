"""Declarations of emails: one `Mail` holds everything about one kind of email."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, ClassVar, cast

from django.db.models import Model, QuerySet

from portal.mail import letters, outbox

# Placeholder for the token in samples. It opens nothing.
SAMPLE_TOKEN = "sample"  # noqa: S105 (no secret)


@dataclass(frozen=True)
class Row:
    """A row that an email is about: where to find it, and an invented one for samples."""

    found_in: QuerySet[Any]
    invent: Callable[..., Model]  # never saved

    def but(self, **invented: object) -> "Row":
        """Return the same with another invented row."""
        return replace(self, invent=partial(self.invent, **invented))


@dataclass(frozen=True)
class Lookup:
    """A further database query for an email, and its result in samples."""

    read: Callable[..., object]
    invent: Callable[[], object]


@dataclass(frozen=True)
class Recipients:
    """Recipients of an email: in words for staff, and their addresses.

    `find` takes what the mail is about. It yields each address, with what else makes the
    event unique for it, and perhaps a dict of what the mail to this address alone is about.
    Without it, somebody else names the address: see `Mail.post`.
    """

    words: str
    find: Callable[..., Iterable[tuple[object, ...]]] = lambda **about: ()


@dataclass(frozen=True, eq=False)
class Mail:
    """One kind of email. Real emails and samples share its context builder and template.

    Call it with what it is about to post it. Its functions take that by name, with rows in
    place of ids.

    Attributes:
        kind: Name in the outbox, for example "network.lead_changed".
        title: Name for staff.
        to: Recipients.
        about: Content of the outbox row: a `Row` for an id, or a plain value for samples.
        context: Builds the rest of the template's context. Must not query for a sample.
        lookups: Further queries, for the context and for `holds`.
        holds: Whether the email is still true just before it is sent.
        once: Makes the event unique, from the call's arguments; by default from the last
            one's primary key.
        reply_to: Address that replies go to, from what the email is about; "" for the site's.
        template: Name of `templates/emails/<template>.txt`; by default the kind without its app.
        html_template: Path of a template of its own for the HTML; by default it is made from the
            text.
    """

    do_not_call_in_templates: ClassVar[bool] = True  # calling it would post it

    kind: str
    title: str
    to: Recipients
    about: Mapping[str, Row | str | int]
    context: Callable[..., Mapping[str, object]]
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    holds: Callable[..., object] = lambda **about: True
    once: Callable[..., tuple[object, ...]] = lambda *given: (given[-1].pk,)
    reply_to: Callable[..., str] = lambda **about: ""
    template: str = ""
    html_template: str = ""

    @property
    def name(self) -> str:
        """Kind without its app."""
        return self.kind.partition(".")[2]

    def __call__(self, *given: Any) -> None:
        """Post it to each recipient, once per event, in the caller's transaction.

        Args:
            given: What it is about, in the order of `about`; further values are for `once` only.
        """
        about = dict(zip(self.about, given, strict=False))
        for address, *more in self.to.find(**about):
            alone: dict[str, Any] = {}
            if more and isinstance(more[-1], dict):
                alone = cast(dict[str, Any], more.pop())
            self.post(str(address), *self.once(*given), *more, **about, **alone)

    def post(self, address: str, /, *once: object, **about: Any) -> None:
        """Post it to one address, once for each `once`."""
        event = ":".join(str(part) for part in (self.name, *once))
        ids = {name: x.pk if isinstance(x, Model) else x for name, x in about.items()}
        concerns = next((str(row.council) for row in about.values() if hasattr(row, "council")), "")
        outbox.post(self.kind, to=address, event=event, about=ids, concerns=concerns)

    def rows_of(self, ids: Mapping[str, int | str]) -> list[Model]:
        """Return the rows that an outbox row is about, those that are still there."""
        sources = [(x, ids.get(name)) for name, x in self.about.items() if isinstance(x, Row)]
        found = [source.found_in.filter(pk=pk).first() for source, pk in sources]
        return [row for row in found if row is not None]

    def fetch(self, ids: Mapping[str, int | str]) -> dict[str, object] | None:
        """Fetch what an outbox row is about; None if the email is no longer true."""
        about = {
            name: source.found_in.get(pk=ids[name]) if isinstance(source, Row) else ids[name]
            for name, source in self.about.items()
        }
        about |= {name: lookup.read(**about) for name, lookup in self.lookups.items()}
        return about if self.holds(**about) else None

    def sample(self) -> dict[str, object]:
        """Invent what the email is about."""
        about = {n: x.invent() if isinstance(x, Row) else x for n, x in self.about.items()}
        return about | {name: lookup.invent() for name, lookup in self.lookups.items()}

    def render(self, about: Mapping[str, object]) -> tuple[str, str]:
        """Render subject and text for what `fetch` or `sample` returned."""
        return letters.render(self.template or self.name, {**about, **self.context(**about)})

    def as_html(self, about: Mapping[str, object], subject: str, text: str) -> str:
        """Render the HTML for what `render` returned."""
        if not self.html_template:
            return letters.as_html(subject, text)
        context = {**about, **self.context(**about)}
        return letters.render_html(self.html_template, subject, context)


def token_of(row: Model, name: str = "token") -> str:
    """Make a row's token for a link; for a sample or a rehearsal, return `SAMPLE_TOKEN`."""
    is_shown_only = row._state.adding or outbox.is_rehearsing()
    return SAMPLE_TOKEN if is_shown_only else getattr(row, name)


def declared_in(package: ModuleType) -> list[Mail]:
    """Return every email declared at the top level of a package's modules."""
    names = [f"{package.__name__}.{found.name}" for found in iter_modules(package.__path__)]
    modules = [import_module(name) for name in names]
    return [each for module in modules for each in vars(module).values() if isinstance(each, Mail)]
