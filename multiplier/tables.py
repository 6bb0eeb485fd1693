"""The table beside each picture: what it shows, in words and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own; without a title, just rows."""

    title: str
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class Table:
    """A caption, the columns' heads, and rows in groups. The first cell heads its row.

    `ends_in_words`: the last column holds words, not figures.
    """

    caption: str
    heads: Cells
    groups: tuple[Group, ...]
    ends_in_words: bool = False

    @classmethod
    def of(
        cls, caption: str, heads: Cells, rows: Sequence[Cells], *, ends_in_words: bool = False
    ) -> Table:
        """A table of rows alone."""
        return cls(caption, heads, (Group("", tuple(rows)),), ends_in_words)

    @property
    def is_wide(self) -> bool:
        """Whether it has more columns than fit beside a picture."""
        return len(self.heads) > 4

    @property
    def html(self) -> SafeString:
        """The table as markup; every word in it escaped here."""
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        bodies = "".join(self._body(group) for group in self.groups)
        words = " answer__table--words" if self.ends_in_words else ""
        return SafeString(
            f'<table class="answer__table{words}"><caption>{escape(self.caption)}</caption>'
            f"<thead><tr>{heads}</tr></thead>{bodies}</table>"
        )

    def _body(self, group: Group) -> str:
        width = len(self.heads)
        title = ""
        if group.title:
            title = (
                f'<tr><th class="answer__round" scope="rowgroup" colspan="{width}">'
                f"{escape(group.title)}</th></tr>"
            )
        rows = "".join(map(_row, group.rows)) or f'<tr><td colspan="{width}">Nothing</td></tr>'
        return f"<tbody>{title}{rows}</tbody>"


def _row(cells: Cells) -> str:
    head, *rest = map(escape, cells)
    return f'<tr><th scope="row">{head}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
