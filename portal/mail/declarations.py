"""Declarations of mails: all that is particular to one kind of mail stands in one `Mail`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from portal.mail import letters, outbox

# Stands in samples where a real link has its token. It opens nothing.
SAMPLE_TOKEN = "sample"  # noqa: S105 (no secret)


@dataclass(frozen=True)
class Row:
    """A row that a mail is about: where it is found, and what a sample invents in its place."""

    found_in: QuerySet[Any]
    invent: Callable[..., Model]  # never saved

    def but(self, **invented: object) -> "Row":
        """Return the same with something else invented."""
        return replace(self, invent=partial(self.invent, **invented))


@dataclass(frozen=True)
class Lookup:
    """What else a mail reads from the database, and what a sample shows instead."""

    read: Callable[..., object]
    invent: Callable[[], object]


@dataclass(frozen=True)
class Recipients:
    """Who gets a mail: in words for staff, and the addresses.

    `find` takes what the mail is about. It yields each address, with what else makes the
    event unique for it. Without it, somebody else names the address: see `Mail.post`.
    """

    words: str
    find: Callable[..., Iterable[tuple[object, ...]]] = lambda **about: ()


@dataclass(frozen=True, eq=False)
class Mail:
    """One kind of mail. Real mails and samples share its context builder and its template.

    Calling it with what it is about posts it. Its functions take that by name, with rows
    in the place of ids.

    Attributes:
        kind: its name in the outbox, e.g. "network.lead_changed".
        title: what staff call it.
        to: who gets it.
        about: what the outbox row holds: a `Row` for an id, or a sample's plain value.
        context: builds what the template needs besides. Must not query about a sample.
        lookups: what else is read from the database, for the context and for `holds`.
        holds: whether the mail is still true when it is about to leave.
        once: what makes its event unique, from the arguments of the call: by default the
            last one's primary key.
        template: names `templates/emails/<template>.txt`; by default the kind without its app.
    """

    do_not_call_in_templates: ClassVar[bool] = True  # to call it is to post it

    kind: str
    title: str
    to: Recipients
    about: Mapping[str, Row | str | int]
    context: Callable[..., Mapping[str, object]]
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    holds: Callable[..., object] = lambda **about: True
    once: Callable[..., tuple[object, ...]] = lambda *given: (given[-1].pk,)
    template: str = ""

    @property
    def name(self) -> str:
        """The kind without its app."""
        return self.kind.partition(".")[2]

    def __call__(self, *given: Any) -> None:
        """Post it to each recipient, once an event, in the caller's transaction.

        Args:
            given: what it is about, in the order of `about`; more counts for `once` only.
        """
        about = dict(zip(self.about, given, strict=False))
        for address, *more in self.to.find(**about):
            self.post(str(address), *self.once(*given), *more, **about)

    def post(self, address: str, /, *once: object, **about: Any) -> None:
        """Post it to one address, once for each `once`."""
        event = ":".join(str(part) for part in (self.name, *once))
        ids = {name: x.pk if isinstance(x, Model) else x for name, x in about.items()}
        outbox.post(self.kind, to=address, event=event, about=ids)

    def fetch(self, ids: Mapping[str, int | str]) -> dict[str, object] | None:
        """Fetch what an outbox row is about, or return None if it is no longer true."""
        about = {
            name: source.found_in.get(pk=ids[name]) if isinstance(source, Row) else ids[name]
            for name, source in self.about.items()
        }
        about |= {name: lookup.read(**about) for name, lookup in self.lookups.items()}
        return about if self.holds(**about) else None

    def sample(self) -> dict[str, object]:
        """Invent what the mail is about."""
        about = {n: x.invent() if isinstance(x, Row) else x for n, x in self.about.items()}
        return about | {name: lookup.invent() for name, lookup in self.lookups.items()}

    def render(self, about: Mapping[str, object]) -> tuple[str, str]:
        """Render subject and text about what `fetch` or `sample` returned."""
        return letters.render(self.template or self.name, {**about, **self.context(**about)})


def token_of(row: Model, name: str = "token") -> str:
    """Make a row's token for a link; for a sample's row, return `SAMPLE_TOKEN`."""
    return SAMPLE_TOKEN if row._state.adding else getattr(row, name)


def declared_in(package: ModuleType) -> list[Mail]:
    """Return every mail declared at the top level of a package's modules."""
    names = [f"{package.__name__}.{found.name}" for found in iter_modules(package.__path__)]
    modules = [import_module(name) for name in names]
    return [each for module in modules for each in vars(module).values() if isinstance(each, Mail)]
