"""Mails about versions of what is signed."""

from network.emails import samples
from network.emails.sign_ups import EVENT, managers
from network.models import EndorsementWording
from portal.links import absolute
from portal.mail.declarations import Mail, Recipients, Row

approval_to_confirm = Mail(
    "network.approval_to_confirm",
    "Second manager asked to confirm the wording",
    Recipients(
        "Each other network manager",
        lambda wording, recorded: managers().exclude(pk=recorded.by_id).values_list("email", "pk"),
    ),
    about={
        "wording": Row(EndorsementWording.objects.all(), samples.wording),
        "recorded": EVENT.but(by_label="Nell Sample", why="Pat Sample, Director"),
    },
    context=lambda wording, recorded: {"page": absolute("network_staff:wordings")},
    holds=lambda wording, recorded: wording.waits_for_second,
)
