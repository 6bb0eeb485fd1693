from pathlib import Path

import pytest

from tests import covered


def measured(**counts: object) -> dict:
    summary = {
        "num_statements": 10,
        "covered_lines": 10,
        "num_branches": 4,
        "covered_branches": 4,
    }
    return {"missing_lines": [], "missing_branches": [], "summary": summary} | counts


@pytest.fixture
def files(monkeypatch) -> dict[Path, dict]:
    """An action and a view, both run as a whole."""
    names = [Path("network/actions/tasks.py"), Path("network/views/tasks.py")]
    monkeypatch.setattr(covered, "product", lambda: [Path("manage.py"), *names])
    return {name: measured() for name in names}


def test_problems_all_run_are_none(files):
    assert covered.problems(files) == []


def test_gaps_of_an_action_are_listed_and_none_of_a_view(files, capsys):
    gap = {"missing_lines": [7], "missing_branches": [[3, 5], [4, 7], [7, 8], [9, -1]]}
    files = {name: file | gap for name, file in files.items()}

    assert covered.problems(files) == []
    assert capsys.readouterr().out == "network/actions/tasks.py: not run: 7, 3->5, 9->exit\n"


def test_problems_name_actions_below_their_bound(files):
    few = {"num_statements": 20, "covered_lines": 19, "num_branches": 4, "covered_branches": 4}
    files[Path("network/actions/tasks.py")]["summary"] = few

    assert covered.problems(files) == ["The tests run 95.83 % of what decides: 100 % is the least."]


def test_problems_name_a_product_below_its_bound(files):
    summary = {
        "num_statements": 10,
        "covered_lines": 9,
        "num_branches": 4,
        "covered_branches": 3,
    }
    files[Path("network/views/tasks.py")]["summary"] = summary

    assert covered.problems(files) == ["The tests run 92.86 % of the product: 95 % is the least."]


def test_problems_name_a_file_that_was_not_measured(files):
    del files[Path("network/views/tasks.py")]

    [problem] = covered.problems(files)
    assert problem.startswith("network/views/tasks.py: not measured")
