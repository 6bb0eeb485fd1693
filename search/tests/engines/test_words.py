"""Questions taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.words import LONGEST, MOST_TERMS, clean, fold, parse

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=[]))


@given(ANY_TEXT)
def test_whatever_is_typed_comes_out_clean(text):
    cleaned = clean(text)
    assert len(cleaned) <= LONGEST
    assert cleaned == " ".join(cleaned.split())
    assert not any(ord(c) < 32 for c in cleaned)
    cleaned.encode()  # no lone surrogate


@given(ANY_TEXT)
def test_whatever_is_typed_can_be_taken_apart(text):
    terms = parse(text)
    assert len(terms.words) <= MOST_TERMS
    assert not any('"' in term or not term for term in (*terms.words, *terms.phrases))
    assert terms.prefix == "" or terms.prefix in terms.words


@pytest.mark.parametrize(
    ("text", "words", "phrases", "prefix"),
    [
        ("local spend", ("local", "spend"), (), "spend"),
        ("how do councils measure it", ("councils", "measure"), (), ""),
        ("how to", ("how", "to"), (), "to"),
        ("how much must we pay, please?", ("pay",), (), ""),
        ('"local spend" targets', ("targets",), ("local spend",), "targets"),
        ('targets "local spend', ("targets",), ("local spend",), ""),
        ("“local spend”", (), ("local spend",), ""),
        ("co-ordinate council's", ("co", "ordinate", "council's"), (), "council's"),
        ("what's a lot, and why don’t we split it?", ("lot", "split"), (), ""),
        ("spend spend", ("spend",), (), "spend"),
        ("a x", ("x",), (), ""),
        ('"" ()', (), (), ""),
    ],
)
def test_words_phrases_and_the_unfinished_word(text, words, phrases, prefix):
    terms = parse(text)
    assert (terms.words, terms.phrases, terms.prefix) == (words, phrases, prefix)
    assert bool(terms) == bool(words or phrases)


def test_names_are_compared_without_case_accents_or_punctuation():
    assert fold("  Café-Société ") == fold("cafe societe") == "cafe societe"
    assert fold("St. Helens") == fold("st helens")
