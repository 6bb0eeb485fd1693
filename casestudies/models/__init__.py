"""Models of case studies, their figures and their sources."""

from casestudies.models.confirmations import Confirmation, FormerCaseStudy, NamedContact
from casestudies.models.evidence import Correction, Result, Source
from casestudies.models.pages import CaseStudyIndexPage, CaseStudyPage
from casestudies.models.reading_lists import Reading, ReadingListPage
from casestudies.models.submissions import Submission

__all__ = [
    "CaseStudyIndexPage",
    "CaseStudyPage",
    "Confirmation",
    "Correction",
    "FormerCaseStudy",
    "NamedContact",
    "Reading",
    "ReadingListPage",
    "Result",
    "Source",
    "Submission",
]
