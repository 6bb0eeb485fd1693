"""Models of case studies, their figures and their sources."""

from casestudies.models.evidence import Correction, Result, Source
from casestudies.models.pages import CaseStudyIndexPage, CaseStudyPage

__all__ = ["CaseStudyIndexPage", "CaseStudyPage", "Correction", "Result", "Source"]
