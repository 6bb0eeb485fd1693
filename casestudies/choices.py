"""Choices of a case study: status, theme, cost, route, its parts, partners, confirmations."""

from django.db import models


class Status(models.TextChoices):
    """Whether the work still runs, according to a source or the council."""

    RUNNING = "running", "Running"
    CHANGED = "changed", "Changed into something else"
    ENDED = "ended", "Ended"
    UNKNOWN = "unknown", "Not known"


class ConfirmationStatus(models.TextChoices):
    """Statuses of the yearly question whether a case study is still true."""

    NO_CONTACT = "no_contact", "There is no one to ask"
    SENT = "sent", "Asked"
    ANSWERED = "answered", "Answered"
    EXPIRED = "expired", "No answer this year"
    CANCELLED = "cancelled", "No longer needed"


C = ConfirmationStatus

CONFIRMATION_TRANSITIONS: dict[str, set[str]] = {
    C.NO_CONTACT: {C.SENT, C.ANSWERED, C.EXPIRED, C.CANCELLED},
    C.SENT: {C.NO_CONTACT, C.ANSWERED, C.EXPIRED, C.CANCELLED},
    C.ANSWERED: set(),
    C.EXPIRED: {C.SENT, C.ANSWERED},
    C.CANCELLED: set(),
}


class Theme(models.TextChoices):
    """The main subject of the work, in words a reader would search for."""

    BUYING = "buying", "Buying and social value"
    ANCHORS = "anchors", "Community anchors"
    NEIGHBOURHOODS = "neighbourhoods", "Neighbourhood working"
    BUILDINGS = "buildings", "Community buildings"
    GRANTS = "grants", "Grants and small funds"
    COHESION = "cohesion", "Community cohesion"
    WELLBEING = "wellbeing", "Health and wellbeing"


class CostBand(models.TextChoices):
    """Public money for the whole work, if a source gives the sum."""

    UNDER_50K = "under_50k", "Under £50,000"
    TO_500K = "to_500k", "£50,000 to £500,000"
    TO_5M = "to_5m", "£500,000 to £5 million"
    OVER_5M = "over_5m", "Over £5 million"


class Route(models.TextChoices):
    """The main way the council paid for the work or gave what it took."""

    GRANT = "grant", "Grants"
    CONTRACT = "contract", "Contract after competition"
    FRAMEWORK = "framework", "Framework"
    DIRECT = "direct", "Award without competition"
    LEASE = "lease", "Asset transfer or lease"
    PARTNERSHIP = "partnership", "Partnership or pooled money"
    IN_HOUSE = "in_house", "The council’s own staff"


class Completeness(models.TextChoices):
    """Whether every part of a case study is answered."""

    FULL = "full", "Full case study"
    SHORT = "short", "Short note"


class Part(models.TextChoices):
    """The parts of a case study, with their headings, in the order of the page."""

    THE_PROBLEM = "the_problem", "The problem"
    WHAT_THEY_DID = "what_they_did", "What they did"
    WHO_DECIDED = "who_decided", "Who decided"
    PARTNERS = "partners", "Partners"
    RESULTS = "results", "Results"
    MONEY = "money", "Money"
    PEOPLE = "people", "People"
    TIME = "time", "Time"
    PROCUREMENT_ROUTE = "procurement_route", "Procurement route"
    WHAT_WAS_HARD = "what_was_hard", "What was hard"
    ADVICE = "advice", "Advice to other councils"
    CONTACT = "contact", "Who to contact"


#: The parts that make up "What it took".
TAKEN = (Part.MONEY, Part.PEOPLE, Part.TIME, Part.PROCUREMENT_ROUTE)
#: What a case study cannot do without; of the others an editor may say that nothing was found.
ALWAYS = (Part.THE_PROBLEM, Part.WHAT_THEY_DID)


class PartnerKind(models.TextChoices):
    """The type of a partner organisation."""

    COUNCIL = "council", "Council"
    VCSE = "vcse", "Voluntary, community or social enterprise"
    NHS = "nhs", "NHS"
    UNIVERSITY = "university", "University or research body"
    BUSINESS = "business", "Business"


class SubmissionStatus(models.TextChoices):
    """How far a case study from a member has come.

    Wagtail holds most of it: `Submission.status` reads it there.
    """

    DRAFT = "draft", "Draft"
    WAITING = "waiting", "Waiting to be read"
    SENT_BACK = "sent_back", "Changes requested"
    PUBLISHED = "published", "Published"
    CHANGING = "changing", "Published, with a change you have not sent"
    UNPUBLISHED = "unpublished", "No longer public"
    WITHDRAWN = "withdrawn", "Withdrawn"


_S = SubmissionStatus
#: Which status can follow which; Wagtail's workflow and its buttons make some of these moves.
SUBMISSION_TRANSITIONS: dict[str, set[str]] = {
    _S.DRAFT: {_S.WAITING, _S.WITHDRAWN},
    _S.WAITING: {_S.DRAFT, _S.SENT_BACK, _S.PUBLISHED, _S.CHANGING, _S.WITHDRAWN},
    _S.SENT_BACK: {_S.WAITING, _S.PUBLISHED, _S.WITHDRAWN},
    _S.PUBLISHED: {_S.CHANGING, _S.UNPUBLISHED},
    _S.CHANGING: {_S.WAITING, _S.PUBLISHED, _S.DRAFT},
    _S.UNPUBLISHED: {_S.PUBLISHED},
    _S.WITHDRAWN: {_S.DRAFT},
}


class Section(models.TextChoices):
    """The sections in which a member fills in a case study, in order. Each is saved alone."""

    ABOUT = "about", "Title and summary"
    PROBLEM = "problem", "The problem"
    STEPS = "steps", "What you did, step by step"
    PEOPLE = "people", "Who decided, and who helped"
    SOURCES = "sources", "Sources"
    FIGURES = "figures", "Results in figures"
    TOOK = "took", "Money, staff and time"
    HARD = "hard", "What was hard"
    QUOTE = "quote", "A quotation"
    PICTURES = "pictures", "Pictures"
    CONTACT = "contact", "Contact and credit"
