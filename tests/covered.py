"""Coverage gate: `make test` prints what share of each app the tests ran and checks the bounds.

Actions and permissions decide what people may do: of their lines and branches `DECIDING` per cent
must be run, and what is not is listed. Of the whole product (see
`tests/size.py`) it must be `WHOLE` per cent.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

from slipcover import Slipcover, merge_coverage

from tests.measured import CONFIG
from tests.size import ROOT, product

NOTES = ROOT / "var" / "coverage"

WHOLE = 95
DECIDING = 100
# Written for `make assets`; `make check` proves what it builds.
ELSEWHERE = {Path("portal/assets/fonts.py"), Path("portal/assets/pictures.py")}


def decides(file: Path) -> bool:
    """Whether this file decides what people may do."""
    return "actions" in file.parts or file.name == "permissions.py"


def measured() -> dict[Path, dict]:
    """Return what the processes of the last run have noted, together, by file."""
    whole = Slipcover(branch=True, source=CONFIG["source"], omit=CONFIG["omit"]).get_coverage()
    for note in NOTES.glob("*.json"):
        merge_coverage(whole, json.loads(note.read_text()))
    return {Path(name): found for name, found in whole["files"].items()}


def share(files: list[dict]) -> float:
    """Return the per cent of lines and branches that were run."""
    parts = ("lines", "branches")
    run = sum(len(file[f"executed_{part}"]) for file in files for part in parts)
    missing = sum(len(file[f"missing_{part}"]) for file in files for part in parts)
    return 100 * run / (run + missing) if run + missing else 100


def gaps(file: dict) -> str:
    """Return the lines of a file that were not run, and the branches between lines that were."""
    lines = file["missing_lines"]
    branches = [b for b in file["missing_branches"] if not {*b} & {*lines}]
    arrows = [f"{start}->{end or 'exit'}" for start, end in branches]
    return ", ".join([*map(str, lines), *arrows])


def problems(files: dict[Path, dict]) -> list[str]:
    """Return what is below its bound or was not measured at all."""
    apps = {file for file in product() if len(file.parts) > 1} - ELSEWHERE
    found = [f"{file}: not measured, see [tool.slipcover]" for file in apps - files.keys()]
    for name, file in files.items():
        if decides(name) and (missing := gaps(file)):
            print(f"{name}: not run: {missing}")
    if (deciding := share([file for name, file in files.items() if decides(name)])) < DECIDING:
        found.append(f"The tests run {deciding:.2f} % of what decides: {DECIDING} % is the least.")
    if (whole := share([*files.values()])) < WHOLE:
        found.append(f"The tests run {whole:.2f} % of the product: {WHOLE} % is the least.")
    return sorted(found)


def main() -> None:
    files, rows = measured(), defaultdict(list)
    for name, file in sorted(files.items()):
        rows[name.parts[0]].append(file)
    rows["actions, permissions"] = [file for name, file in files.items() if decides(name)]
    rows["whole"] = [*files.values()]
    print("Lines and branches that the tests ran")
    for row, found in rows.items():
        print(f"{row:24}{share(found):6.1f} %")
    if found := problems(files):
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
