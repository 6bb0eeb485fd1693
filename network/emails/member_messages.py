"""Emails that staff write to the people of many members."""

from functools import partial

from network.choices import OptionalMail
from network.emails import samples
from network.models import MemberMessage
from network.models.member_messages import roles_of, stop_token
from portal.links import absolute
from portal.mail import outbox
from portal.mail.declarations import SAMPLE_TOKEN, Mail, Recipients, Row
from portal.models import User


def stop_link(user: int | None, kind: OptionalMail) -> str:
    """Return the address that stops one kind of email to someone; in a sample, it does nothing.

    Args:
        user: Their primary key; None for someone invented.
    """
    if user is None or outbox.is_rehearsing():
        return absolute("network:stop_emails", SAMPLE_TOKEN)
    return absolute("network:stop_emails", stop_token(user, kind))


def _about(message: MemberMessage, person: User) -> dict[str, object]:
    councils = [role.membership.council for role in roles_of(person)]
    is_one = len(councils) == 1
    return {
        "councils": councils,
        "page": absolute("network:messages", councils[0].slug)
        if is_one
        else absolute("network:my"),
        "stop": stop_link(person.pk, OptionalMail.NEWS) if message.is_news else "",
    }


MESSAGES = Row(MemberMessage.objects.select_related("by"), samples.member_message)
PEOPLE = Row(User.objects.all(), samples.representative)
_to_members = partial(
    Mail,
    about={"message": MESSAGES, "person": PEOPLE},
    context=_about,
    template="member_message",
    reply_to=lambda message, **about: message.by.email,
)
ABOUT_MEMBERSHIP = _to_members(
    "network.member_message",
    "Message to members about their membership",
    Recipients("Lead contacts, or everyone with access, of the members that staff choose"),
)
NEWS = _to_members(
    "network.member_news",
    "News to members",
    Recipients("The same, except those who have switched news off"),
    about={"message": MESSAGES.but(about="news"), "person": PEOPLE},
)
# To an invented person, so that the links of a test open nothing.
TEST = _to_members(
    "network.member_message_test",
    "Test of a message to members",
    Recipients("The manager who tries it"),
    about={"message": MESSAGES},
    context=lambda message: {
        "is_test": True,
        "person": samples.representative(),
        **_about(message, samples.representative()),
    },
)
