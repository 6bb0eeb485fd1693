"""Case studies: what a council did, what came of it, who says so and where."""

from casestudies.models.evidence import Result, Source
from casestudies.models.pages import CaseStudyIndexPage, CaseStudyPage

__all__ = ["CaseStudyIndexPage", "CaseStudyPage", "Result", "Source"]
