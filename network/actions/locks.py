"""Every act locks its sign-up first, so that two acts wait instead of dying in a deadlock."""

from network.models import EndorsementRequest, Membership, OfficeChange, Refused, SignUp


def locked(sign_up: SignUp) -> SignUp:
    """The row, read again under a lock. Every act takes this lock first, so that two acts
    wait for one another instead of dying in a deadlock."""
    rows = SignUp.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=sign_up.pk)


def locked_to_save(sign_up: SignUp, task: str) -> SignUp:
    """The same, for a task that the council may still change. Raises: Refused."""
    sign_up = locked(sign_up)
    if not sign_up.may_save(task):
        raise Refused("This sign-up has been sent and can no longer be changed here.")
    return sign_up


def locked_to_ask(sign_up: SignUp) -> SignUp:
    """The same, for what a signature needs: also after it was sent, where one is missing
    again since the wording moved or one was struck out. Raises: Refused."""
    sign_up = locked(sign_up)
    if not sign_up.may_ask:
        raise Refused("Nobody can be asked to sign this any more.")
    return sign_up


def locked_request(request: EndorsementRequest) -> EndorsementRequest:
    """The request, read again under its sign-up's lock."""
    sign_up = locked(SignUp(pk=request.sign_up_id))
    request = EndorsementRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    request.sign_up = sign_up
    return request


def locked_membership(pk: int) -> Membership:
    """The row, read again under its sign-up's lock, so that no signature changes meanwhile."""
    sign_up = Membership.objects.values_list("sign_up", flat=True).get(pk=pk)
    locked_sign_up = locked(SignUp(pk=sign_up)) if sign_up else None
    membership = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    membership.sign_up = locked_sign_up
    return membership


def locked_change(pk: int) -> OfficeChange:
    """The change of an office, read again under its membership's lock."""
    membership = OfficeChange.objects.values_list("membership", flat=True).get(pk=pk)
    locked = locked_membership(membership)
    rows = OfficeChange.objects.select_for_update(of=("self",), no_key=True)
    change = rows.select_related("wording").get(pk=pk)
    change.membership = locked
    return change
