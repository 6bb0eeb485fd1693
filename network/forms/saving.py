"""Base of the task forms: version on the page, closing question and uploads."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.dateformat import format as format_date
from django.utils.html import format_html

from network.choices import SignUpTask, UploadKind
from network.models import SignUp, TaskSave
from network.upload_validation import LARGEST, WANTED, FitFile, fit, too_large
from portal.form_recovery import shown_again
from portal.security.pdf import Unfit

FINISHED = [("yes", "Yes, it is finished"), ("no", "No, I will come back to it")]


@dataclass(frozen=True)
class Difference:
    """One question that two versions answer differently, in words."""

    question: str
    theirs: str
    mine: str


TICK = "_may_be_published"


class PublishTick(forms.BooleanField):
    """Whether the answers above it may be published. None is without it.

    Attributes:
        of: The fields that it is about.
        about: What to call those where the tick stands alone, e.g. in the history.
    """

    def __init__(self, *of: str, about: str, label: str = ""):
        alike = '{}<span class="govuk-visually-hidden">: {}</span>'
        label = label or format_html(alike, "We agree to publish this", about)
        super().__init__(required=False, label=label)
        self.of, self.about = of, about


class VersionedForm(forms.Form):
    """A form that knows which saved version it shows, and tells two versions apart.

    Attributes:
        needed: The fields that cannot stay blank; the others are optional.
    """

    needed: Collection[str] = ()
    own: Collection[str] = ("version",)  # fields that are no questions

    version = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def questions(self) -> list[str]:
        """Return the names of the form's own fields, in order."""
        return [name for name in self.fields if name not in self.own]

    @property
    def seen(self) -> int:
        """Version that was on the page; 0 if missing or invalid."""
        typed = str(self.data.get("version", ""))
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    def in_words(self, name: str, value: object) -> str:
        """Return an answer as text; "" for none."""
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
        """Return each question with the entered text, valid or not, without empty ones."""
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
        """Return a question's name for use away from its heading."""
        field = self.fields.get(name)
        if isinstance(field, PublishTick):
            return f"{field.about}: may be published"
        return str(field.label) if field else name

    def is_optional(self, name: str) -> bool:
        """Whether a question may stay blank; `portal.forms` says so beside its label."""
        return name in self.questions() and name not in self.needed

    def differences(self, theirs: dict[str, Any], mine: dict[str, Any]) -> list[Difference]:
        """Return the questions that two versions answer differently, in the form's order."""
        return [
            Difference(
                self.question(name),
                self.in_words(name, theirs.get(name)),
                self.in_words(name, mine.get(name)),
            )
            for name in self.questions()
            if self.in_words(name, theirs.get(name)) != self.in_words(name, mine.get(name))
        ]


class TaskForm(VersionedForm):
    """A task of a sign-up. Subclasses define its fields and their `known` values.

    Drafts can be empty, so no field is required. Entered values must still be valid.

    Attributes:
        needed: The fields without which the sign-up cannot be sent; the others are optional.
    """

    task: SignUpTask
    own = ("version", "is_finished")

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
        """Bind the form to `data`, or show saved answers.

        Args:
            data: POST data.
            sign_up: The sign-up it belongs to.
            saved: The newest saved version.
            answers: Answers to show; by default those in the database.
            is_finished: Answer to the closing question; by default the saved one.
        """
        self.sign_up = sign_up
        if answers is None:
            answers = self.known(sign_up) if sign_up else {}
        initial = answers | {"version": saved.version if saved else 0}
        if saved:
            initial["is_finished"] = is_finished or ("yes" if saved.is_finished else "no")
        super().__init__(data, initial=initial)
        self.order_fields([*self.questions(), "is_finished", "version"])

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        """Return the stored answers by field name."""
        raise NotImplementedError

    def tell(self, missing: dict[str, str]) -> None:
        """Show gaps of the saved answers as field errors.

        Does nothing for input restored after a session expired, because it is newer.
        """
        self.cleaned_data: dict[str, Any] = {}
        for name, words in missing.items() if shown_again() is None else ():
            self.add_error(name, words)

    def notices(self) -> list[str]:
        """Return messages about answers that have to be checked again after saving."""
        return []

    def to_save(self) -> dict[str, Any]:
        """Return the arguments for `actions.tasks.save_task`. The form must be valid."""
        return {
            "answers": {name: self.cleaned_data[name] for name in self.questions()},
            "seen": self.seen,
            "is_finished": self.cleaned_data["is_finished"] == "yes",
        }


_LONGEST_NAME = 120


class UploadField(forms.FileField):
    """An uploaded file of one kind. Its value is a FitFile for `actions`, or None.

    The `<form>` needs enctype="multipart/form-data", and the form needs request.FILES.
    """

    def __init__(self, *, kind: UploadKind, **kwargs):
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(WANTED[kind])}))
        kwargs.setdefault("help_text", _help(kind))
        kwargs.setdefault("required", False)
        kwargs.setdefault("error_messages", {"required": "Choose a file"})
        super().__init__(**kwargs, allow_empty_file=True)
        self.kind = kind

    def clean(self, data, initial=None) -> FitFile | None:
        """Validate the file and return it as a FitFile, or None if there is none.

        Raises:
            ValidationError: If we do not accept the file.
        """
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
        return f"PNG, JPEG or WebP, up to {largest} MB. You cannot use SVG."
    return f"PDF, PNG or JPEG, up to {largest} MB, without a password."


def plain_name(name: str) -> str:
    """Return the officer's file name as one short line, without control or bidi characters."""
    shown = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    stem, dot, ending = " ".join(shown.split()).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    ending = ending[:10]
    return f"{stem[: _LONGEST_NAME - 1 - len(ending)]}{dot}{ending}" or "file"
