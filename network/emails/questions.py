"""Emails about questions: passed on, introduced, declined, and without an answer."""

from functools import partial

from network.choices import QuestionStatus
from network.emails import samples
from network.emails.requests import ON_KEEP_IT_LOCAL
from network.models import Question
from portal.links import absolute
from portal.mail.declarations import Mail, Recipients, Row, token_of

QUESTION = Row(
    Question.objects.select_related("membership__council", "asker_council", "by"),
    samples.question,
)
ASKER = Recipients("The officer who asked", lambda question: [(question.asker_email,)])
BOTH = Recipients(
    "The officer who asked, and the person at the member",
    lambda question: [
        (question.asker_email, "asker", {"part": "asker"}),
        (question.email, "member", {"part": "member"}),
    ],
)
MEMBER = Recipients("The champion or lead contact of the member")


def _about(question: Question, **about: object) -> dict[str, object]:
    # A question is quoted line by line, so that no line of it can pass for one of ours.
    lines = question.text.strip().splitlines()
    return {
        "council": question.council,
        "asker_council": question.asker_council,
        "quoted": "\n".join(f"> {line}".rstrip() for line in lines),
        "councils": absolute("network:councils"),
        "profile": absolute("network:council", question.council.slug),
        **ON_KEEP_IT_LOCAL,
    }


def _other(question: Question, part: str) -> str:
    return question.email if part == "asker" else question.asker_email


PASS_ON = Mail(
    "network.question",
    "Question to a member, passed on",
    MEMBER,
    about={"question": QUESTION, "generation": 1},
    holds=lambda question, generation: question.generation == generation and question.is_waited_for,
    context=lambda question, generation: {
        **_about(question),
        "link": absolute("network:answer_question", token_of(question)),
    },
)
INTRODUCE = Mail(
    "network.question_introduced",
    "Question to a member: the two are introduced",
    BOTH,
    about={"question": QUESTION, "part": "asker"},
    context=_about,
    holds=lambda question, part: question.status == QuestionStatus.INTRODUCED,
    reply_to=_other,
    once=lambda question: (question.pk,),
)
_to_asker = partial(Mail, to=ASKER, about={"question": QUESTION}, context=_about)
DECLINED = _to_asker("network.question_declined", "Question to a member: not taken up")
EXPIRED = _to_asker("network.question_expired", "Question to a member: no answer")
CLOSED = _to_asker("network.question_closed", "Question to a member: closed")
EXPIRED_TO_MEMBER = Mail(
    "network.question_ended",
    "Question to a member: no answer needed any more",
    Recipients("The person at the member who was asked", lambda question: [(question.email,)]),
    about={"question": QUESTION},
    context=_about,
)


def pass_on(row: Question) -> None:
    """Send the member the question, once."""
    PASS_ON.post(row.email, row.pk, row.generation, question=row, generation=row.generation)


def introduce(row: Question) -> None:
    """Send both the same email, with both addresses."""
    INTRODUCE(row)


def declined(row: Question) -> None:
    """Tell who asked, without a name."""
    DECLINED(row)


def expired(row: Question) -> None:
    """Tell both, once, that it has ended without an answer."""
    EXPIRED(row)
    EXPIRED_TO_MEMBER(row)


def closed(row: Question) -> None:
    """Tell who asked that no one can answer any more."""
    CLOSED(row)
