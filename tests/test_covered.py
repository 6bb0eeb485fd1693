import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import covered

FORKS = """
import multiprocessing
from tests import measured
measured.start()
from multiplier.engine import lm3
child = multiprocessing.get_context("fork").Process(target=measured.start)
child.start(), child.join()
"""


def measured(**counts: list) -> dict:
    run = {"executed_lines": [*range(96)], "executed_branches": [[1, 2], [1, 3], [5, 6], [5, 0]]}
    return run | {"missing_lines": [], "missing_branches": []} | counts


@pytest.fixture
def files(monkeypatch) -> dict[Path, dict]:
    """An action and a view, both run as a whole."""
    names = [Path("network/actions/tasks.py"), Path("network/views/tasks.py")]
    monkeypatch.setattr(covered, "product", lambda: [Path("manage.py"), *names])
    return {name: measured() for name in names}


def test_problems_all_run_are_none(files):
    assert covered.problems(files) == []


def test_gaps_of_an_action_are_listed_and_none_of_a_view(files, capsys):
    gap = {"missing_lines": [7], "missing_branches": [[3, 5], [4, 7], [7, 8], [9, 0]]}
    files = {name: file | gap for name, file in files.items()}

    covered.problems(files)
    assert capsys.readouterr().out == "network/actions/tasks.py: not run: 7, 3->5, 9->exit\n"


def test_problems_name_actions_below_their_bound(files):
    files[Path("network/actions/tasks.py")]["missing_lines"] = [20]

    assert covered.problems(files) == ["The tests run 99.01 % of what decides: 100 % is the least."]


def test_problems_name_a_product_below_its_bound(files):
    files[Path("network/views/tasks.py")]["missing_lines"] = [*range(200, 220)]

    assert covered.problems(files) == ["The tests run 90.91 % of the product: 95 % is the least."]


def test_problems_name_a_file_that_was_not_measured(files):
    del files[Path("network/views/tasks.py")]

    [problem] = covered.problems(files)
    assert problem.startswith("network/views/tasks.py: not measured")


def test_measured_notes_each_process_and_the_lines_that_it_ran(tmp_path, monkeypatch):
    environment = os.environ | {"COVERAGE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", FORKS], cwd=covered.ROOT, env=environment, check=True)
    assert len([*tmp_path.glob("*.json")]) == 2

    monkeypatch.setattr(covered, "NOTES", tmp_path)
    assert covered.measured()[Path("multiplier/engine/lm3.py")]["executed_lines"]
