"""What people type, by what they do with it."""

from django.http import HttpRequest, QueryDict

from network.forms.choosing import CouncilForm
from network.forms.directory import DirectoryForm
from network.forms.endorsing import EndorseForm, EndorserForm, endorsers_are_valid
from network.forms.reviewing import AcceptForm, ApprovalForm, DeclineForm
from network.forms.saving import TaskForm
from network.forms.tasks import TASK_FORMS, DeclarationForm

__all__ = [
    "TASK_FORMS",
    "AcceptForm",
    "ApprovalForm",
    "CouncilForm",
    "DeclarationForm",
    "DeclineForm",
    "DirectoryForm",
    "EndorseForm",
    "EndorserForm",
    "TaskForm",
    "endorsers_are_valid",
    "posted",
]


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the POST's data, even when empty; None for a GET."""
    return request.POST if request.method == "POST" else None
