"""The tasks of a sign-up. Drafts may be empty; what is typed must still make sense."""

from typing import Any

from django import forms

from network.choices import ChampionKind, SignUpTask
from network.forms.deciding import DecisionForm, RouteForm
from network.forms.saving import TaskForm
from network.models import SignUp
from portal.forms import OneLineField


class AboutYouForm(TaskForm):
    """Who is applying."""

    task = SignUpTask.ABOUT_YOU

    name = OneLineField(
        max_length=120,
        required=False,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    job_title = OneLineField(
        max_length=160,
        required=False,
        label="Your job title",
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    phone = OneLineField(
        max_length=40,
        required=False,
        label="Telephone number (optional)",
        help_text="For questions about this sign-up. Never published.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {
            "name": sign_up.applicant_name,
            "job_title": sign_up.applicant_job_title,
            "phone": sign_up.applicant_phone,
        }


class ChampionsForm(TaskForm):
    """Both champions on one page; either may wait."""

    task = SignUpTask.CHAMPIONS

    political_name = OneLineField(max_length=120, required=False, label="Name")
    political_role = OneLineField(
        max_length=160,
        required=False,
        label="Role",
        help_text="For example: Cabinet Member for Communities, or the committee’s chair",
    )
    political_may_be_published = forms.BooleanField(
        required=False, label="They agree that their name and role are published"
    )
    officer_name = OneLineField(max_length=120, required=False, label="Name")
    officer_role = OneLineField(
        max_length=160,
        required=False,
        label="Role",
        help_text="For example: Director of Adult Social Care and Health",
    )
    officer_may_be_published = forms.BooleanField(
        required=False, label="They agree that their name and role are published"
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {
            f"{kind}_{field}": getattr(champion, field)
            for kind in ChampionKind
            if (champion := sign_up.champion_of(kind))
            for field in ("name", "role", "may_be_published")
        }

    def question(self, name: str) -> str:
        kind, _, field = name.partition("_")
        what = {"name": "name", "role": "role"}.get(field, "may be published")
        return f"{ChampionKind(kind).label}: {what}"

    def fields_of(self, kind: str) -> list:
        """The bound fields of one champion, in order."""
        return [field for field in self if field.name.startswith(f"{kind}_")]

    def political(self) -> list:
        return self.fields_of(ChampionKind.POLITICAL)

    def officer(self) -> list:
        return self.fields_of(ChampionKind.OFFICER)


class DeclarationForm(forms.Form):
    """What the applicant confirms when sending."""

    declaration = forms.BooleanField(
        label="What I have entered is true as far as I know, and I may send it for my council",
        error_messages={"required": "Confirm that you may send this for your council"},
    )


# One form a task: the pages, the history and the clash of two versions look here.
TASK_FORMS: dict[SignUpTask, type[TaskForm]] = {
    form.task: form for form in (AboutYouForm, ChampionsForm, RouteForm, DecisionForm)
}
