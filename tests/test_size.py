from tests.size import measure

SOURCE = '''"""Docstring
of two lines."""

value = 1  # a comment is counted with its code
text = (
    "a long "
    f"text of {value}"
)  # noqa: S105


def double(number: int) -> int:
    """Docstring."""
    # Only a comment.
    return number * 2
'''


def test_measure_counts_code_without_text_and_comments(tmp_path):
    path = tmp_path / "sample.py"
    path.write_text(SOURCE)
    assert measure(path) == (5, 1)
