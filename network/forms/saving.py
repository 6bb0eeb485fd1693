"""What every task's form has: the version on the page, the question at its end, and uploads."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.dateformat import format as format_date

from network.choices import SignUpTask, UploadKind
from network.models import SignUp, TaskSave
from network.upload_validation import LARGEST, WANTED, FitFile, Unfit, fit, too_large
from portal.form_recovery import shown_again

FINISHED = [("yes", "Yes, it is finished"), ("no", "No, I will come back to it")]


@dataclass(frozen=True)
class Difference:
    """One question to which two versions give different answers, in words."""

    question: str
    theirs: str
    mine: str


class TaskForm(forms.Form):
    """A task of a sign-up. Subclasses say their fields and what is `known` of them.

    Drafts may be empty, so no field is required; what is typed must still make sense.
    """

    task: SignUpTask

    version = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    is_finished = forms.ChoiceField(
        choices=FINISHED,
        required=False,
        label="Have you finished this section?",
        help_text="Your answers are saved either way.",
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        data=None,
        *,
        sign_up: SignUp | None = None,
        saved: TaskSave | None = None,
        answers: dict[str, Any] | None = None,
        is_finished: str = "",
    ):
        """Bound to `data`; or showing `answers`, by default those that the rows hold, and
        `is_finished`, by default what was saved."""
        self.sign_up = sign_up
        if answers is None:
            answers = self.known(sign_up) if sign_up else {}
        initial = answers | {"version": saved.version if saved else 0}
        if saved:
            initial["is_finished"] = is_finished or ("yes" if saved.is_finished else "no")
        super().__init__(data, initial=initial)
        self.order_fields([*self.questions(), "is_finished", "version"])

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        """What the sign-up's rows hold, by the names of the fields."""
        raise NotImplementedError

    def questions(self) -> list[str]:
        """The names of the task's own fields, in order."""
        return [name for name in self.fields if name not in ("version", "is_finished")]

    @property
    def seen(self) -> int:
        """The version that was on the page; 0 for none, and for nonsense."""
        typed = str(self.data.get("version", ""))
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    def tell(self, missing: dict[str, str]) -> None:
        """Show at the fields, as a POST would, what is missing of what was saved. Not beside
        what was typed since, before a session ended."""
        self.cleaned_data: dict[str, Any] = {}
        for name, words in missing.items() if shown_again() is None else ():
            self.add_error(name, words)

    def notices(self) -> list[str]:
        """What whoever saved has to look at once more."""
        return []

    def to_save(self) -> dict[str, Any]:
        """What `actions.save_task` is told, when the form is valid."""
        return {
            "answers": {name: self.cleaned_data[name] for name in self.questions()},
            "seen": self.seen,
            "is_finished": self.cleaned_data["is_finished"] == "yes",
        }

    def in_words(self, name: str, value: object) -> str:
        """An answer as people read it; "" for none."""
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if value in (None, ""):
            return ""
        field = self.fields.get(name)
        if isinstance(field, forms.DateField):
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
            return format_date(day, "j F Y")
        if isinstance(field, forms.ChoiceField):
            labels: dict[object, object] = dict(list(field.choices))  # type: ignore[arg-type]
            return str(labels.get(value, value))
        return str(value)

    def as_typed(self) -> list[tuple[str, str]]:
        """Each question with what was typed, be it valid or not; none that is empty."""
        self.full_clean()
        typed = [
            (
                self.question(name),
                self.in_words(name, self.cleaned_data[name])
                if name in self.cleaned_data
                else str(self[name].data or ""),
            )
            for name in self.questions()
        ]
        return [(question, words) for question, words in typed if words]

    def question(self, name: str) -> str:
        """How a question is called where it stands alone, away from its heading."""
        field = self.fields.get(name)
        return str(field.label).removesuffix(" (optional)") if field else name

    def differences(self, theirs: dict[str, Any], mine: dict[str, Any]) -> list[Difference]:
        """The questions that two versions answer differently, in the form's order."""
        return [
            Difference(
                self.question(name),
                self.in_words(name, theirs.get(name)),
                self.in_words(name, mine.get(name)),
            )
            for name in self.questions()
            if self.in_words(name, theirs.get(name)) != self.in_words(name, mine.get(name))
        ]


_LONGEST_NAME = 120


class UploadField(forms.FileField):
    """A file of one kind. Its value is a FitFile, ready for `actions.keep_upload`, or None.

    The form's `<form>` needs enctype="multipart/form-data", and the form request.FILES.
    """

    def __init__(self, *, kind: UploadKind, **kwargs):
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(WANTED[kind])}))
        kwargs.setdefault("help_text", _help(kind))
        kwargs.setdefault("required", False)
        kwargs.setdefault("error_messages", {"required": "Choose a file"})
        super().__init__(**kwargs, allow_empty_file=True)
        self.kind = kind

    def clean(self, data, initial=None) -> FitFile | None:
        """Raises ValidationError for what we do not take."""
        found = super().clean(data, None)
        if not isinstance(found, UploadedFile):
            return None
        if found.size and found.size > LARGEST[self.kind]:
            raise forms.ValidationError(too_large(self.kind))
        try:
            return fit(plain_name(str(found.name)), found.read(), self.kind)
        except Unfit as unfit:
            raise forms.ValidationError(str(unfit)) from unfit


def _help(kind: UploadKind) -> str:
    largest = LARGEST[kind] // (1024 * 1024)
    if kind == UploadKind.LOGO:
        return f"PNG, JPEG or WebP, up to {largest} MB. SVG is not taken, as it may hold scripts."
    return f"PDF, PNG or JPEG, up to {largest} MB, without a password."


def plain_name(name: str) -> str:
    """What the officer called it: one short line of letters, without what hides or turns text."""
    shown = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    stem, dot, ending = " ".join(shown.split()).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    ending = ending[:10]
    return f"{stem[: _LONGEST_NAME - 1 - len(ending)]}{dot}{ending}" or "file"
