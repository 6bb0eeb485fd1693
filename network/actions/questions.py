"""Questions: an officer of a council asks a member something, and we pass it on.

Neither learns the other's address before a yes. Staff see numbers, and read a question only if
the member reported it.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as format_date

from councils.models import Council
from network import permissions
from network.actions.locks import locked_membership, locked_row, locked_to_answer, record_bounce
from network.choices import QuestionStatus
from network.emails import questions as emails
from network.models import AskerBlock, Event, Membership, Question, Refused
from network.models.events import Actor
from network.models.questions import FROM_ONE_PERSON, MONTH, TO_ONE_MEMBER
from portal.jobs.tick import one_by_one
from portal.models import OutboxMessage, User

BY_LINK = "member, by link"


@transaction.atomic
def ask(
    membership: Membership, *, by: User, council: Council, name: str, job_title: str, text: str
) -> Question:
    """Pass a question on to the champion or the lead contact of a member.

    Args:
        council: The council of the person who asks.

    Raises:
        PermissionDenied: If nothing shows that they work for that council.
        Refused: If the member takes no questions or is their own, a cap is reached, or staff
            have stopped them.
    """
    membership = locked_membership(membership.pk)
    permissions.require(permissions.can_ask_for(by, council))
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # of two questions at once, one
    to = membership.answerer()
    if not (membership.is_public_and_live and membership.takes_questions and to):
        raise Refused(f"{membership.council} does not take questions here at the moment.")
    if council.pk == membership.council_id:
        raise Refused("This is your own council. Choose another member to ask.")
    if why := reason_to_wait(membership, by):
        raise Refused(why)
    who, role, email = to
    question = Question(
        membership=membership,
        by=by,
        asker_council=council,
        asker_name=name,
        asker_job_title=job_title,
        asker_email=by.email,
        evidence=permissions.councils_to_ask_for(by)[council],
        text=text,
        name=who,
        role=role,
        email=email,
    )
    question.save()
    question.renew_link()
    question.record("sent", by=by, new=question.status)
    emails.pass_on(question)
    return question


def reason_to_wait(membership: Membership, by: User) -> str:
    """Return why someone cannot ask a member now, in a sentence or two; "" if they can."""
    if by.blocks_as_asker.filter(ended_at=None).exists():
        return "The network team has stopped your questions. Contact us if you think it is wrong."
    if membership.questions.open().filter(by=by).exists():
        return (
            f"You have asked {membership.council} a question that is not answered yet. "
            "You can ask another once it is."
        )
    recent = Question.objects.of_this_month()
    mine = list(recent.filter(by=by).values_list("asked_at", flat=True))
    if len(mine) >= FROM_ONE_PERSON:
        again = _day(sorted(mine)[-FROM_ONE_PERSON] + MONTH)
        return (
            f"You have asked {FROM_ONE_PERSON} questions in the last 30 days, which is the most "
            f"one person can. You can ask another from {again}."
        )
    theirs = list(recent.filter(membership=membership).values_list("asked_at", flat=True))
    if len(theirs) >= TO_ONE_MEMBER:
        again = _day(sorted(theirs)[-TO_ONE_MEMBER] + MONTH)
        return (
            f"{membership.council} has had {TO_ONE_MEMBER} questions in the last 30 days, which "
            f"is the most we pass on. You can ask from {again}, or ask another member today."
        )
    return ""


def _day(at: datetime) -> str:
    return format_date(timezone.localtime(at), "j F Y")


@transaction.atomic
def say_yes(question: Question) -> None:
    """Introduce the two to each other, for whoever holds the link.

    Raises:
        Refused: If someone has answered, or no answer is wanted any more.
    """
    question = locked_to_answer(question)
    _end(question, QuestionStatus.INTRODUCED, BY_LINK)
    emails.introduce(question)


@transaction.atomic
def say_no(question: Question, *, report: bool = False) -> None:
    """Decline, for whoever holds the link. Who asked is told kindly, without a name.

    Args:
        report: Whether it is abuse, so that staff may read it.

    Raises:
        Refused: If someone has answered, or no answer is wanted any more.
    """
    question = locked_to_answer(question)
    if report:
        question.reported_at = timezone.now()
        question.save(update_fields=["reported_at"])
        question.record("reported", by=BY_LINK)
    _end(question, QuestionStatus.DECLINED, BY_LINK)
    emails.declined(question)


def _end(question: Question, status: str, by: Actor) -> None:
    question.ended_at = timezone.now()
    question.save(update_fields=["ended_at"])
    question.move_to(status, by=by)


def end_unanswered(*, by: str = "tick") -> int:
    """End the questions that no one answered in 14 days, or can answer. For the tick.

    Returns:
        How many were ended.
    """
    return one_by_one(Question.objects.open(), lambda pk: _end_unanswered(pk, by))


@transaction.atomic
def _end_unanswered(pk: int, by: str) -> bool:
    question = locked_row(Question.objects.get(pk=pk))
    if question.is_waited_for or question.status != QuestionStatus.SENT:
        return False
    if not question.is_wanted:
        _end(question, QuestionStatus.CLOSED, by)
        if question.by and question.by.is_active:
            emails.closed(question)
        return True
    _end(question, QuestionStatus.EXPIRED, by)
    emails.expired(question)
    return True


@transaction.atomic
def let_ask(membership: Membership, *, by: User, on: bool) -> None:
    """Let officers of other councils ask this member something, or stop it. Idempotent.

    Questions that are out can still be answered.

    Raises:
        PermissionDenied: If they neither lead for it nor contribute.
        Refused: If it is not a public member.
    """
    membership = locked_membership(membership.pk)
    permissions.require(permissions.can_act_for(by, membership))
    if not membership.is_public_and_live:
        raise Refused("This council is not a member.")
    if membership.takes_questions == on:
        return
    membership.takes_questions = on
    membership.save(update_fields=["takes_questions"])
    membership.record("questions_on" if on else "questions_off", by=by)


@transaction.atomic
def block_asker(user: User, *, by: User, why: str) -> AskerBlock:
    """Stop someone from asking members, and close their questions that are out. Idempotent.

    Raises:
        PermissionDenied: If they are not a network manager.
    """
    permissions.require(permissions.can_review(by))
    block, is_new = AskerBlock.objects.get_or_create(
        user=user, ended_at=None, defaults={"by": by, "why": why}
    )
    if is_new:
        Event.objects.record("question.asker_blocked", by=by, why=why)
    for question in Question.objects.open().filter(by=user):
        _end(locked_row(question), QuestionStatus.CLOSED, by)
    return block


@transaction.atomic
def unblock_asker(block: AskerBlock, *, by: User) -> None:
    """Let someone ask members again. Idempotent.

    Raises:
        PermissionDenied: If they are not a network manager.
    """
    permissions.require(permissions.can_review(by))
    block = AskerBlock.objects.select_for_update(no_key=True, of=("self",)).get(pk=block.pk)
    if block.ended_at is None:
        block.ended_at = timezone.now()
        block.save(update_fields=["ended_at"])
        Event.objects.record("question.asker_unblocked", by=by)


@transaction.atomic
def settle_report(question: Question, *, by: User) -> None:
    """Note that staff have looked into a report. They cannot read the question after that.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it was not reported.
    """
    question = locked_row(question)
    permissions.require(permissions.can_review(by))
    if question.reported_at is None:
        raise Refused("No one has reported this question.")
    if question.report_settled_at is None:
        question.report_settled_at = timezone.now()
        question.save(update_fields=["report_settled_at"])
        question.record("report_settled", by=by)


def erase_old() -> int:
    """Erase the words of questions that ended 90 days ago, and who asked. For the tick."""
    return one_by_one(Question.objects.to_erase(), _erase)


@transaction.atomic
def _erase(pk: int) -> bool:
    question = locked_row(Question.objects.get(pk=pk))
    if question.erased_at is not None:
        return False
    words = ("text", "asker_name", "asker_job_title", "asker_email", "name", "role", "email")
    for field in words:
        setattr(question, field, "")
    question.by, question.erased_at = None, timezone.now()
    question.save(update_fields=[*words, "by", "erased_at"])
    return True


def handle_question_bounce(message: OutboxMessage) -> None:
    """Note that our email with a question did not arrive. It ends after its 14 days."""
    record_bounce(locked_row(Question.objects.get(pk=message.about["question"])), message)
