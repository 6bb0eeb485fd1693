"""What ends with a sign-up: links that are out, invitations, requests to be let in."""

from network import emails
from network.choices import AccessStatus, InvitationStatus, RequestStatus
from network.models import SignUp
from network.models.events import Actor


def end_the_rest(sign_up: SignUp, *, by: Actor, why: str) -> None:
    """Nobody can sign, accept or be let in any more; who asked to be let in is told. Call it
    under the sign-up's lock."""
    end_links(sign_up, by=by, why=why)
    for asked in sign_up.access_requests.filter(status=AccessStatus.OPEN):
        asked.move_to(AccessStatus.CLOSED, by=by, why=why)
        emails.access_closed(asked)


def end_links(sign_up: SignUp, *, by: Actor, why: str) -> None:
    """Nobody can sign, or accept an invitation, any more."""
    for request in sign_up.current_requests():
        if request.can_move_to(RequestStatus.CANCELLED):
            request.move_to(RequestStatus.CANCELLED, by=by, why=why)
    for invitation in sign_up.invitations.filter(status=InvitationStatus.SENT):
        invitation.move_to(InvitationStatus.CANCELLED, by=by, why=why)
