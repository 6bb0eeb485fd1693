"""The reading age that editors see."""

from hypothesis import given
from hypothesis import strategies as st

from casestudies.reading_age import reading_age

SENTENCE = "The council gave each ward a small sum to spend."  # 10 words, 38 letters
HARD = (
    "Notwithstanding considerable organisational fragmentation, commissioning authorities "
    "consistently underestimated implementation requirements throughout procurement."
)


def test_formula_is_exact():
    # 4.71 x 3.8 + 0.5 x 10 - 21.43 = 1.468, so a year of school, at the age of 6
    assert reading_age(SENTENCE + (" " + SENTENCE) * 9) == 6


def test_long_words_and_sentences_are_harder():
    assert reading_age(f"{HARD} " * 10) > 20


def test_few_words_say_little():
    assert reading_age(SENTENCE) is None
    assert reading_age("") is None


@given(st.text(max_size=3000))
def test_any_text_is_answered(text):
    age = reading_age(text)

    assert age is None or age >= 5
