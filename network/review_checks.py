"""What staff would look up by hand about a sign-up: each question, and whether all is well."""

from councils import lookup
from network import permissions
from network.choices import EmailEvidence, Office
from network.models import Endorsement, SignUp

Check = tuple[str, bool]


def checks_of(found: SignUp) -> list[Check]:
    """Every question that this sign-up's way of endorsing raises."""
    checks = [
        *_about_the_applicant(found),
        ("The council is in force", not found.council.is_abolished),
        ("The network has approved the wording", bool(found.wording and found.wording.is_approved)),
    ]
    if found.needs_signatures:
        checks += _about_who_was_asked(found) + _about_signatures(found)
    if found.needs_decision:
        checks += _about_the_decision(found)
    return checks


def _about_the_applicant(found: SignUp) -> list[Check]:
    if found.email_evidence == EmailEvidence.CALLED_BACK:
        return [("Staff rang the council: the applicant works there", True)]
    return [("The applicant’s address is of a domain of the council", found.email_is_councils)]


def _about_who_was_asked(found: SignUp) -> list[Check]:
    requests = found.current_requests()
    addresses = {r.email for r in requests}
    return [
        (
            "The two endorsers have different addresses; one mailbox for both is allowed, and "
            "worth a call",
            len(addresses) == len(Office),
        ),
        (
            "Both endorsers’ addresses are of a domain of the council",
            all(lookup.is_of(address, found.council) for address in addresses),
        ),
        (
            "No endorser’s address is of somebody who has worked on this sign-up",
            permissions.addresses_of_workers(found).isdisjoint(a.casefold() for a in addresses),
        ),
    ]


def _about_signatures(found: SignUp) -> list[Check]:
    signed = [e for e in found.endorsements.all() if _counts(found, e)]
    checks = [
        ("Both signatures are there and count", {e.office for e in signed} == set(Office.values)),
        (
            "Both signed with the name and office under which they were asked",
            all((e.name, e.role) == (e.request.name, e.request.role) for e in signed),
        ),
        ("No signature was reported as not theirs", not any(e.is_disputed for e in signed)),
    ]
    if any(e.assistant_name for e in signed):
        confirmed = not any(e.needs_confirming for e in signed)
        checks.append(("What an assistant filled in was confirmed", confirmed))
    return checks


def _counts(found: SignUp, endorsement: Endorsement) -> bool:
    return endorsement.counts and endorsement.wording_id == found.wording_id


def _about_the_decision(found: SignUp) -> list[Check]:
    decision = found.formal_decision
    return [
        ("The formal decision is complete and about the pinned wording", found.is_decided()),
        ("The decision is published at an address", bool(decision and decision.link)),
        ("One of us has confirmed the decision", bool(decision and decision.confirmed_at)),
        (
            "The decision has taken effect, and no call-in is open",
            bool(decision and decision.has_taken_effect()),
        ),
    ]
