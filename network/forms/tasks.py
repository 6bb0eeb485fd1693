"""Forms of a sign-up's tasks, and the declaration before sending. Drafts can be empty."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.forms.boundfield import BoundField
from django.utils import timezone

from network.choices import (
    ChampionKind,
    ConversationStatus,
    Governance,
    SignUpTask,
    UploadKind,
)
from network.forms.decisions import DecisionForm, RouteForm
from network.forms.saving import TaskForm, UploadField
from network.models import SignUp
from portal.forms import LongTextField, OneLineField, TypedDateField
from principles.models import Principle, Prompt


class WebAddress(forms.URLField):
    """A web address with http or https only, because it becomes a link."""

    default_validators = [URLValidator(["http", "https"])]

    def __init__(self, **kwargs):
        super().__init__(
            max_length=500,
            assume_scheme="https",
            error_messages={
                "invalid": "Enter a web address, such as https://www.example.gov.uk/plan"
            },
            widget=forms.URLInput(attrs={"spellcheck": "false"}),
            **kwargs,
        )


class AboutYouForm(TaskForm):
    """Details of the applicant."""

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
        help_text="The people you ask to sign will see it, so they can call you. Never published.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {
            "name": sign_up.applicant_name,
            "job_title": sign_up.applicant_job_title,
            "phone": sign_up.applicant_phone,
        }


class ChampionsForm(TaskForm):
    """Both champions on one page. Either can be left for later."""

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

    def clean(self):
        """Withdraw consent to publish if it was given by the person named before."""
        cleaned = super().clean()
        self.to_ask_again = [kind for kind in ChampionKind if self._is_somebody_else(kind)]
        for kind in self.to_ask_again:
            cleaned[f"{kind}_may_be_published"] = False
        return cleaned

    def _is_somebody_else(self, kind: str) -> bool:
        before = self.sign_up.champion_of(kind) if self.sign_up else None
        if before is None or not before.may_be_published:
            return False
        name = self.cleaned_data.get(f"{kind}_name", "")
        ticked = self.cleaned_data.get(f"{kind}_may_be_published")
        return bool(ticked) and name.casefold() != before.name.casefold()

    def notices(self) -> list[str]:
        return [
            f"{self.cleaned_data[f'{kind}_name'] or kind.label} is somebody else than before: tick "
            "the box once more if they agree that their name and role are published."
            for kind in self.to_ask_again
        ]

    def question(self, name: str) -> str:
        kind, _, field = name.partition("_")
        what = {"name": "name", "role": "role"}.get(field, "may be published")
        return f"{ChampionKind(kind).label}: {what}"

    def fields_of(self, kind: str) -> list:
        """Return the bound fields of one champion, in order."""
        return [field for field in self if field.name.startswith(f"{kind}_")]

    def political(self) -> list:
        return self.fields_of(ChampionKind.POLITICAL)

    def officer(self) -> list:
        return self.fields_of(ChampionKind.OFFICER)


class AboutCouncilForm(TaskForm):
    """Governance, description and related strategy of the council."""

    task = SignUpTask.ABOUT_COUNCIL

    governance = forms.ChoiceField(
        choices=Governance.choices,
        required=False,
        label="How is your council governed?",
        help_text="So that we call its offices by the right names, and say rightly who may sign.",
        widget=forms.RadioSelect,
    )
    profile = LongTextField(
        max_length=1500,
        required=False,
        label="What should people know about your council?",
        help_text="A few sentences for its page here, in your own words: the place, its "
        "people, what you already do with local organisations.",
    )
    strategy_title = OneLineField(
        max_length=160,
        required=False,
        label="A strategy or plan that this belongs to",
        help_text="Its title, for example “Our Council Plan 2025 to 2029”.",
    )
    strategy_link = WebAddress(
        required=False,
        label="Its address on your website",
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {name: getattr(sign_up, name) for name in COUNCIL_COLUMNS}


COUNCIL_COLUMNS = ("governance", "profile", "strategy_title", "strategy_link")


class PracticeForm(TaskForm):
    """Six optional texts about how the council will put each principle into practice."""

    task = SignUpTask.PRACTICE

    def __init__(self, *args, **kwargs):
        self.principles = list(Principle.objects.prefetch_related("page__prompts"))
        self.base_fields = self.base_fields | {
            practice_field(principle): LongTextField(
                max_length=1000,
                required=False,
                label=principle.name,
                help_text=principle.aim,
            )
            for principle in self.principles
        }
        super().__init__(*args, **kwargs)

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        texts = sign_up.practices.select_related("principle")
        return {practice_field(practice.principle): practice.text for practice in texts}

    def with_prompts(self) -> list[tuple[BoundField, list[Prompt]]]:
        """Return each principle's field with the prompts from its page."""
        return [
            (self[practice_field(principle)], _prompts(principle)) for principle in self.principles
        ]


def practice_field(principle: Principle) -> str:
    """Return the name of a principle's field: "principle_3"."""
    return f"principle_{principle.number}"


def _prompts(principle: Principle) -> list[Prompt]:
    page = getattr(principle, "page", None)
    return list(page.prompts.all()) if page and page.live else []


class ConversationForm(TaskForm):
    """The open conversation with the community: planned, held or agreed."""

    task = SignUpTask.CONVERSATION

    conversation = forms.ChoiceField(
        choices=ConversationStatus.choices,
        required=False,
        label="How far is the conversation with your community?",
        widget=forms.RadioSelect,
    )
    conversation_on = TypedDateField(
        required=False,
        label="When is it, or when was it?",
        help_text="The first day, if there are several.",
        error_messages={"invalid": "Enter a real date, such as 27 3 2027"},
    )
    conversation_partners = LongTextField(
        max_length=1000,
        required=False,
        label="With whom?",
        help_text="Organisations and groups, not private people.",
        rows=3,
    )
    conversation_outcome = LongTextField(
        max_length=1500,
        required=False,
        label="What came of it?",
        help_text="What local people and groups asked for, and what was agreed.",
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {name: getattr(sign_up, name) for name in CONVERSATION_COLUMNS}

    def clean(self):
        cleaned = super().clean()
        day, held = cleaned.get("conversation_on"), cleaned.get("conversation")
        done = {ConversationStatus.HELD, ConversationStatus.AGREED}
        if day and held in done and day > timezone.localdate():
            self.add_error("conversation_on", "A conversation that was held has a date in the past")
        return cleaned


CONVERSATION_COLUMNS = (
    "conversation",
    "conversation_on",
    "conversation_partners",
    "conversation_outcome",
)


class PublicityForm(TaskForm):
    """Consent to publish, a quotation and its speaker, and the earliest date."""

    task = SignUpTask.PUBLICITY

    quote = LongTextField(
        max_length=800,
        required=False,
        label="A quotation for the announcement",
        help_text="Why your council endorses Keep it Local, in somebody’s own words.",
    )
    quote_by = OneLineField(
        max_length=200,
        required=False,
        label="Whose words are they?",
        help_text="Name and role, as they are to stand beside it.",
    )
    quote_approved_by = OneLineField(
        max_length=160,
        required=False,
        label="Who approved the quotation?",
        help_text="The person quoted, or somebody who may approve for them. Not published.",
    )
    publish_from = TypedDateField(
        required=False,
        label="Not public before",
        help_text="For example after an election or a meeting. Empty: as soon as the network "
        "accepts the sign-up.",
        error_messages={"invalid": "Enter a real date, such as 27 3 2027"},
    )

    logo_rights = OneLineField(
        max_length=300,
        required=False,
        label="Whose is the council’s logo, and may the network show it?",
        help_text="For example: “Ours. The network may show it beside our name while we are a "
        "member.” You hand the file in on a page of its own, below.",
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {name: getattr(sign_up, name) for name in PUBLICITY_COLUMNS}


PUBLICITY_COLUMNS = ("quote", "quote_by", "quote_approved_by", "publish_from", "logo_rights")


class LogoForm(forms.Form):
    """Upload of the council's logo."""

    file = UploadField(kind=UploadKind.LOGO, required=True, label="The logo")


class DecisionFileForm(forms.Form):
    """Upload of unpublished minutes."""

    file = UploadField(
        kind=UploadKind.DECISION,
        required=True,
        label="The minutes, or the decision as it was signed",
    )


FILE_FORMS: dict[UploadKind, type[forms.Form]] = {
    UploadKind.LOGO: LogoForm,
    UploadKind.DECISION: DecisionFileForm,
}
# One form per task, for the pages, the history and the comparison of two versions.
TASK_FORMS: dict[SignUpTask, type[TaskForm]] = {
    form.task: form
    for form in (
        AboutYouForm,
        AboutCouncilForm,
        ChampionsForm,
        PracticeForm,
        ConversationForm,
        RouteForm,
        DecisionForm,
        PublicityForm,
    )
}


class DeclarationForm(forms.Form):
    """Confirmations by the applicant before sending."""

    declaration = forms.BooleanField(
        label="What I have entered is true as far as I know, and I may send it for my council",
        error_messages={"required": "Confirm that you may send this for your council"},
    )
