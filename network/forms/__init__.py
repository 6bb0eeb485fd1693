"""What people type, by what they do with it."""


from network.forms.choosing import CouncilForm
from network.forms.colleagues import AccessForm, InviteForm
from network.forms.directory import DirectoryForm
from network.forms.endorsing import (
    AssistantForm,
    EndorseForm,
    EndorserForm,
    MessageForm,
    NoForm,
    NotMeForm,
    ReportForm,
    endorsers_are_valid,
)
from network.forms.leadership import OfficeChangeForm, StaffOfficeChangeForm
from network.forms.leaving import (
    ConfirmLeavingForm,
    LeaveForm,
    StatementForm,
    StayForm,
    StopForm,
)
from network.forms.removing import DecideRemovalForm, RemovalForm, RespondForm
from network.forms.reviewing import (
    AcceptForm,
    ApprovalForm,
    ChangesForm,
    ConfirmDecisionForm,
    ConfirmForm,
    DeclineForm,
    MoveForm,
    PostponeForm,
    StrikeOutForm,
    WordingForm,
)
from network.forms.saving import TaskForm
from network.forms.tasks import FILE_FORMS, TASK_FORMS, DeclarationForm
from network.forms.uploads import UploadField
from portal.forms import posted

__all__ = [
    "FILE_FORMS",
    "TASK_FORMS",
    "AcceptForm",
    "AccessForm",
    "ApprovalForm",
    "AssistantForm",
    "ChangesForm",
    "ConfirmDecisionForm",
    "ConfirmForm",
    "ConfirmLeavingForm",
    "CouncilForm",
    "DecideRemovalForm",
    "DeclarationForm",
    "DeclineForm",
    "DirectoryForm",
    "EndorseForm",
    "EndorserForm",
    "InviteForm",
    "LeaveForm",
    "MessageForm",
    "MoveForm",
    "NoForm",
    "NotMeForm",
    "OfficeChangeForm",
    "PostponeForm",
    "RemovalForm",
    "ReportForm",
    "RespondForm",
    "StaffOfficeChangeForm",
    "StatementForm",
    "StayForm",
    "StopForm",
    "StrikeOutForm",
    "TaskForm",
    "UploadField",
    "WordingForm",
    "endorsers_are_valid",
    "posted",
]

