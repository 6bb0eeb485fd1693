"""Who may do what."""

from network.choices import SignUpStatus
from network.models import SignUp


def can_review(user) -> bool:
    """May see the queue of sign-ups and everything in it: network managers."""
    return user.is_active and user.has_perm("network.review_signup")


def can_edit(user, sign_up: SignUp, task: str = "") -> bool:
    """May change the answers: who works on it, while it is in the council's hands; the
    decision's also later, where it is no longer about the pinned wording."""
    return sign_up.may_save(task) and works_on(user, sign_up)


def can_ask(user, sign_up: SignUp) -> bool:
    """May name who signs and ask them: who works on it, also after it was sent where a
    signature is missing again."""
    return sign_up.may_ask and works_on(user, sign_up)


def works_on(user, sign_up: SignUp) -> bool:
    """Is one of the people who work on this sign-up for the council."""
    return any(c.user_id == user.pk for c in sign_up.collaborators.all())


def can_read(user, sign_up: SignUp) -> bool:
    """May see what the council has entered and handed in: who works on it, and staff."""
    return works_on(user, sign_up) or can_review(user)


def can_decide(user, sign_up: SignUp) -> bool:
    """May accept or decline: a manager with no part in it for the council."""
    in_review = sign_up.status == SignUpStatus.IN_REVIEW
    return in_review and can_review(user) and not has_a_part_in(user, sign_up)


def can_look_into(user, sign_up: SignUp) -> bool:
    """May confirm, strike out or move the wording: a manager with no part in it."""
    return can_review(user) and not has_a_part_in(user, sign_up)


def has_a_part_in(user, sign_up: SignUp) -> bool:
    """Works on it, is one of its champions, or was asked to sign it."""
    name = user.get_full_name().casefold()
    champions = {c.name.casefold() for c in sign_up.current_champions()}
    asked = {r.email.casefold() for r in sign_up.requests.all()}
    is_named = bool(name) and name in champions
    return works_on(user, sign_up) or is_named or user.email.casefold() in asked


def can_take_on(user, sign_up: SignUp) -> bool:
    """May become the one who reviews it: a manager, while nobody has."""
    submitted = sign_up.status == SignUpStatus.SUBMITTED
    return submitted and can_review(user) and not works_on(user, sign_up)


def can_end(user, sign_up: SignUp) -> bool:
    """May end it for the council: a manager, while the council has it in hand."""
    return sign_up.is_editable and can_review(user) and not works_on(user, sign_up)
