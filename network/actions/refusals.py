"""What an act may refuse, where a view has to tell one refusal from another."""

from network.models import Refused, TaskSave


class AlreadyUnderWay(Refused):
    """The council has an open sign-up."""


class PageChanged(Refused):
    """What the signatory read is no longer what would be signed."""


class TooMany(Refused):
    """This person leads as many open sign-ups as one may: each keeps others out."""


class AlreadyMember(Refused):
    """The council has a live membership."""


class ChangedMeanwhile(Refused):
    """Somebody saved this task after the page was opened: `save` is theirs."""

    def __init__(self, save: TaskSave):
        super().__init__(f"{save.by} saved this section while you had it open.")
        self.save = save
