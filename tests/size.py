"""Size of the product: `make size` prints code lines, modules and suppressions of each app.

The product is every Python file outside `tests/` and `migrations/`; an app is a first-level folder.
A line counts as code if it holds more than comments and string literals: blank lines, comments,
docstrings and the further lines of a long text do not count. Empty `__init__.py` files are modules.
A suppression is a comment with `noqa`, `type: ignore` or `pragma: no cover`, whole files included.
"""

import re
import subprocess
import tokenize
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUPPRESSION = re.compile(r"noqa|type: ignore|pragma: no cover")
NO_CODE = {"COMMENT", "DEDENT", "ENCODING", "ENDMARKER", "INDENT", "NEWLINE", "NL", "STRING"}


def product() -> list[Path]:
    """Return the product's Python files, including those not yet committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    files = {Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()}
    beside = {"tests", "migrations", "conftest.py"}
    return sorted(file for file in files if not beside & set(file.parts))


def measure(file: Path) -> tuple[int, int]:
    """Return how many lines of a file hold code, and how many of its comments suppress a check."""
    lines, suppressions, open_strings = set(), 0, 0
    with file.open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            kind = tokenize.tok_name[token.type]
            open_strings += kind == "FSTRING_START"  # one STRING before Python 3.12
            if kind not in NO_CODE and not open_strings:
                lines.add(token.start[0])
            open_strings -= kind == "FSTRING_END"
            suppressions += kind == "COMMENT" and bool(SUPPRESSION.search(token.string))
    return len(lines), suppressions


def main() -> None:
    """Print one line for each app, and the totals."""
    lines, modules, suppressions = Counter(), Counter(), Counter()
    for file in product():
        app = file.parts[0]
        counted, suppressed = measure(ROOT / file)
        lines[app] += counted
        suppressions[app] += suppressed
        modules[app] += 1
    print(f"{'app':16}{'code lines':>12}{'modules':>12}{'suppressions':>14}")
    for app in sorted(lines, key=lines.get, reverse=True):
        print(f"{app:16}{lines[app]:12,}{modules[app]:12}{suppressions[app]:14}")
    print(f"{'whole':16}{lines.total():12,}{modules.total():12}{suppressions.total():14}")
    print(f"network and councils: {modules['network'] + modules['councils']} modules")


if __name__ == "__main__":
    main()
