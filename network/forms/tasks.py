"""Forms of a sign-up's tasks, and the declaration before sending. Drafts can be empty."""

from collections.abc import Collection
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
from network.forms.requests import WEB_ADDRESS
from network.forms.saving import TICK, PublishTick, TaskForm, UploadField
from network.models import SignUp
from portal.forms import LongTextField, OneLineField, TheirEmailField, TypedDateField
from principles.models import Principle


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
    needed = ("name", "job_title")

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
        label="Phone number",
        help_text="For questions about this application. We never publish it.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {
            "name": sign_up.applicant_name,
            "job_title": sign_up.applicant_job_title,
            "phone": sign_up.applicant_phone,
        }

    def clean(self):
        """Refuse addresses, because these words stand in our emails to people who are asked."""
        cleaned = super().clean()
        for name in ("name", "job_title"):
            if WEB_ADDRESS.search(cleaned.get(name, "")):
                self.add_error(name, "Leave out web and email addresses")
        return cleaned


AGREES_TO_BE_NAMED = "They agree that their name and role are published"
AGREES_TO_BE_TOLD = "They agree that we email them about the outcome of this application"


class ChampionEmail(TheirEmailField):
    """A champion's address. Optional, and never published."""

    def __init__(self):
        super().__init__(
            required=False,
            label="Email address",
            help_text="Only if they want to hear from us. We never publish it.",
            error_messages={
                "invalid": "Enter an email address in the correct format, like name@example.gov.uk"
            },
        )

    def clean(self, value):
        return super().clean(value).lower()


class ChampionsForm(TaskForm):
    """Both champions on one page. Either can be left for later."""

    task = SignUpTask.CHAMPIONS
    needed = ("political_name", "political_role", "officer_name", "officer_role")

    political_name = OneLineField(max_length=120, required=False, label="Name")
    political_role = OneLineField(
        max_length=160,
        required=False,
        label="Role",
        help_text="For example, Cabinet Member for Communities",
    )
    political_may_be_published = forms.BooleanField(required=False, label=AGREES_TO_BE_NAMED)
    political_email = ChampionEmail()
    political_may_be_told = forms.BooleanField(required=False, label=AGREES_TO_BE_TOLD)
    officer_name = OneLineField(max_length=120, required=False, label="Name")
    officer_role = OneLineField(
        max_length=160,
        required=False,
        label="Role",
        help_text="For example, Director of Adult Social Care and Health",
    )
    officer_may_be_published = forms.BooleanField(required=False, label=AGREES_TO_BE_NAMED)
    officer_email = ChampionEmail()
    officer_may_be_told = forms.BooleanField(required=False, label=AGREES_TO_BE_TOLD)

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        champions = {kind: sign_up.champion_of(kind) for kind in ChampionKind}
        return {
            f"{kind}_{field}": value
            for kind, champion in champions.items()
            if champion
            for field, value in {
                "name": champion.name,
                "role": champion.role,
                "may_be_published": champion.may_be_published,
                "email": champion.email,
                "may_be_told": bool(champion.email),
            }.items()
        }

    def clean(self):
        """Drop a tick that was there for someone else; keep an address only with agreement."""
        cleaned = super().clean()
        self.to_ask_again = [kind for kind in ChampionKind if self._is_somebody_else(kind)]
        for kind in self.to_ask_again:
            cleaned[f"{kind}_may_be_published"] = False
        for kind in ChampionKind:
            email, told = f"{kind}_email", f"{kind}_may_be_told"
            if cleaned.get(email) and not cleaned.get(told):
                self.add_error(told, "Confirm that they agree, or remove their email address")
            elif cleaned.get(told) and not cleaned.get(email) and email not in self.errors:
                self.add_error(email, "Enter their email address, or clear the box below it")
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
            f"{self.cleaned_data[f'{kind}_name'] or kind.label} is not the person named before. "
            "Select the box again if they agree to have their name and role published."
            for kind in self.to_ask_again
        ]

    def question(self, name: str) -> str:
        kind, _, field = name.partition("_")
        what = {
            "name": "name",
            "role": "role",
            "email": "email address",
            "may_be_told": "may be told by email",
        }.get(field, "may be published")
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
        help_text="This tells us what to call each role and who can sign.",
        widget=forms.RadioSelect,
    )
    profile = LongTextField(
        max_length=1500,
        required=False,
        label="What should people know about your council?",
        help_text="A few sentences in your own words: the place, its people, what you already do "
        "with local organisations.",
    )
    profile_may_be_published = PublishTick("profile", about="About the council")
    strategy_title = OneLineField(
        max_length=160,
        required=False,
        label="Title of the strategy or plan this is part of",
        help_text="For example, Our Council Plan 2025 to 2029",
    )
    strategy_link = WebAddress(
        required=False,
        label="Web address of the strategy or plan",
    )
    strategy_may_be_published = PublishTick(
        "strategy_title",
        "strategy_link",
        about="Strategy or plan",
        label="We agree to publish its title and web address",
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {name: getattr(sign_up, name) for name in COUNCIL_COLUMNS}


COUNCIL_COLUMNS = tuple(AboutCouncilForm.base_fields.keys() - TaskForm.base_fields.keys())


class PracticeForm(TaskForm):
    """Six optional texts about how the council will put each principle into practice."""

    task = SignUpTask.PRACTICE

    def __init__(self, *args, **kwargs):
        self.principles = list(Principle.objects.select_related("page"))
        for principle in self.principles:
            name = practice_field(principle)
            self.base_fields = self.base_fields | {
                name: LongTextField(
                    max_length=1000, required=False, label=principle.name, help_text=principle.aim
                ),
                f"{name}{TICK}": PublishTick(name, about=principle.name),
            }
        super().__init__(*args, **kwargs)

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        texts = sign_up.practices.select_related("principle")
        known: dict[str, Any] = {}
        for practice in texts:
            name = practice_field(practice.principle)
            known |= {name: practice.text, f"{name}{TICK}": practice.may_be_published}
        return known

    def with_questions(self) -> list[tuple[BoundField, BoundField, list[str]]]:
        """Return each principle's field, its tick, and the questions that its page asks."""
        return [
            (self[name], self[f"{name}{TICK}"], _questions(principle))
            for principle in self.principles
            for name in [practice_field(principle)]
        ]


def practice_field(principle: Principle) -> str:
    """Return the name of a principle's field: "principle_3"."""
    return f"principle_{principle.number}"


def _questions(principle: Principle) -> list[str]:
    page = getattr(principle, "page", None)
    return [block.value for block in page.questions] if page and page.live else []


class ConversationForm(TaskForm):
    """The open conversation with the community: planned, held or agreed."""

    task = SignUpTask.CONVERSATION

    conversation = forms.ChoiceField(
        choices=ConversationStatus.choices,
        required=False,
        label="What stage is your community conversation at?",
        widget=forms.RadioSelect,
    )
    conversation_on = TypedDateField(
        required=False,
        label="Date of the conversation",
        help_text="The first day, if there are several. For example, 27 3 2027",
        error_messages={"invalid": "Date of the conversation must be a real date"},
    )
    conversation_may_be_published = PublishTick(
        "conversation",
        "conversation_on",
        about="Stage and date of the conversation",
        label="We agree to publish the stage and the date",
    )
    conversation_partners = LongTextField(
        max_length=1000,
        required=False,
        label="Who takes part?",
        help_text="Organisations and groups, not private people.",
        rows=3,
    )
    partners_may_be_published = PublishTick("conversation_partners", about="Who takes part")
    conversation_outcome = LongTextField(
        max_length=1500,
        required=False,
        label="What was the outcome?",
        help_text="What local people and groups asked for, and what was agreed.",
    )
    outcome_may_be_published = PublishTick("conversation_outcome", about="Outcome")

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {name: getattr(sign_up, name) for name in CONVERSATION_COLUMNS}

    def clean(self):
        cleaned = super().clean()
        refuse_conversation_to_come(self, cleaned)
        return cleaned


def refuse_conversation_to_come(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Add an error if a conversation that was held has a date in the future."""
    day, held = cleaned.get("conversation_on"), cleaned.get("conversation")
    done = {ConversationStatus.HELD, ConversationStatus.AGREED}
    if day and held in done and day > timezone.localdate():
        form.add_error("conversation_on", "Date of the conversation must be today or in the past")


CONVERSATION_COLUMNS = tuple(ConversationForm.base_fields.keys() - TaskForm.base_fields.keys())


class PublicityForm(TaskForm):
    """Consent to publish, a quotation and its speaker, and the earliest date."""

    task = SignUpTask.PUBLICITY

    quote = LongTextField(
        max_length=800,
        required=False,
        label="A quotation for the announcement",
        help_text="Why your council endorses Keep it Local, in someone’s own words.",
    )
    quote_by = OneLineField(
        max_length=200,
        required=False,
        label="Name and role of the person quoted",
        help_text="As they should appear with the quotation.",
    )
    quote_approved_by = OneLineField(
        max_length=160,
        required=False,
        label="Who approved the quotation?",
        help_text="The person quoted, or someone who can approve it for them. We do not publish "
        "this.",
    )
    quote_may_be_published = PublishTick(
        "quote",
        "quote_by",
        about="Quotation",
        label="We agree to publish the quotation with the name and role",
    )
    publish_from = TypedDateField(
        required=False,
        label="Earliest date we can announce your council",
        help_text="For example, after an election or a meeting. Leave this blank if we can "
        "announce it as soon as the network accepts it.",
        error_messages={"invalid": "Earliest date must be a real date, for example 27 3 2027"},
    )

    logo_rights = OneLineField(
        max_length=300,
        required=False,
        label="Who owns the council’s logo, and can the network show it?",
        help_text="For example, “The council owns it. The network can show it beside our name "
        "while we are a Keep it Local council.” You upload the file on the next page.",
    )
    logo_may_be_published = PublishTick(
        "logo_rights", about="Logo", label="We agree to publish the logo"
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {name: getattr(sign_up, name) for name in PUBLICITY_COLUMNS}


PUBLICITY_COLUMNS = tuple(PublicityForm.base_fields.keys() - TaskForm.base_fields.keys())


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
    """What the applicant confirms when sending; a hollow sign-up is sent knowingly."""

    without = forms.BooleanField(
        label="Send the application without these",
        error_messages={"required": "Confirm that you are sending it without these"},
    )
    declaration = forms.BooleanField(
        label="What I have entered is true as far as I know, and I can send it for my council",
        error_messages={"required": "Confirm that you can send this for your council"},
    )

    def __init__(self, *args, left_out: Collection[object] = (), **kwargs):
        super().__init__(*args, **kwargs)
        if not left_out:
            del self.fields["without"]
