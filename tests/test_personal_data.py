"""Every field that could hold a person is declared, for a copy and for erasure, or excepted."""

from fnmatch import fnmatchcase

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from portal.models import User
from portal.personal_data.registry import Fate, Held, every

#: Fields that hold no person, or that cannot be looked through: patterns, each with its reason.
EXCEPTIONS = {
    "portal.User.password": "a hash, which says nothing of anyone",
    "portal.User_*.user": "rights, which staff lose before they can be erased",
    "portal.Seeded.key": "names of content",
    "portal.SignOfLife.name": "names of processes",
    "portal.JobRun.*": "names of jobs; errors are kept without their message",
    "portal.SiteOperator.*": "the organisation that runs the site, by its own wish",
    "portal.OutboxMessage.event": "numbers of rows",
    "portal.OutboxMessage.message_id": "random",
    "portal.OutboxMessage.provider_id": "the mail provider’s number of an email",
    "portal.Mailing.last_counts": "numbers",
    "portal.Delivery.*": "numbers; the recipient’s leads nowhere once they are erased",
    "portal.Picture.*": "an editor’s picture, its credit and description",
    "portal.Rendition.*": "made from a picture",
    "wagtailimages.*": "not used: `portal.Picture` stands for it",
    "wagtaildocs.Document.*": "an editor’s document",
    "wagtailcore.Page.*": "what editors publish",
    "*Page.title": "what editors publish",
    "principles.*": "what editors publish",
    "councils.*": "a public register of councils",
    "casestudies.*": "what editors publish; people in it are corrected by editors",
    "campaign.*Page.*": "what editors publish; people in it are corrected by editors",
    "campaign.GlossaryTerm.*": "what editors publish",
    "campaign.Newsletter.*": "what editors publish",
    "campaign.PageCheck.*": "faults of a page: broken links, long words",
    "campaign.CouncilAsk.digest": "a code by which the row is found, and deleted",
    "search.*": "questions and words, which hold nobody (ADR 0008)",
    "wagtailsearch.*": "made from what is published",
    "wagtailredirects.*": "addresses of pages",
    "wagtailusers.UserProfile.dismissibles": "which notices were closed; deleted with the row",
    "wagtailadmin.EditingSession.object_id": "a number",
    "wagtailadmin.FormState.*": "numbers; deleted with the row",
    "wagtailcore.APIToken.*": "hashes; deleted with the row",
    "wagtailcore.Locale.*": "languages",
    "wagtailcore.Site.*": "the site’s own name",
    "wagtailcore.Collection*": "names of folders",
    "wagtailcore.*ViewRestriction.*": "a password for pages that editors set",
    "wagtailcore.Revision.*": "what editors publish; its author is declared",
    "wagtailcore.Workflow.*": "names of workflows",
    "wagtailcore.WorkflowState.object_id": "a number",
    "wagtailcore.*Task.*": "names of steps",
    "wagtailcore.*LogEntry.data": "which version of what, and old and new titles of pages",
    "wagtailcore.ModelLogEntry.object_id": "a number",
    "wagtailcore.Comment.*position": "where in a text",
    "wagtailcore.Comment.contentpath": "where in a page",
    "wagtailcore.ReferenceIndex.*": "made from what is published",
    "taggit.*": "words",
    "django_tasks_database.*": "numbers of rows; deleted after a week",
    "account.EmailConfirmation.*": "not used: addresses are confirmed by code",
    "mfa.Authenticator.data": "secrets, deleted with the row and in no copy",
    "usersessions.UserSession.*": "keys, deleted with the row",
    "admin.LogEntry.object_id": "a number",
    "auth.*": "names of rights and groups",
    "contenttypes.*": "names of models",
    "sessions.*": "encoded; they end with the account, and expire in 2 weeks",
    "network.Event.what": "one of a list",
    "network.Event.old": "a status",
    "network.Event.new": "a status",
    "network.EndorsementWording.text": "what is signed",
    "network.*.wording_hash": "a code",
    "network.*.source_*": "public sources",
    "network.Cohort.name": "the name of a group of councils",
    "network.FormalDecision.minute_reference": "a number",
    "network.FormalDecision.link": "a public page",
    "network.Withdrawal.decision_url": "a public page",
    "network.EndorsementRequest.message": "emptied with the row",
    "network.OfficeChange.answer_why": "declared for unsigned ones; a signed one has none",
    "network.PreElectionPeriod.name": "the name of an election",
    "network.ProfileChange.file": "a council’s logo",
    "network.SignUp.reference": "a number",
    "network.SignUp.strategy_*": "a public document",
    "network.Upload.file": "found by `by`; a council’s logo or decision",
    "network.Upload.content_type": "a type of file",
    "network.Endorsement.struck_out_why": "part of the public record",
    "network.LaterEndorsement.struck_out_why": "part of the public record",
    "network.Representative.ended_why": "says who removed them; written by us",
}


def could_hold_a_person(field: models.Field) -> bool:
    """Whether a field leads to an account, or is text, JSON or a file without a list of choices."""
    if field.is_relation:
        return field.related_model is User and not (
            field.remote_field.parent_link or field.many_to_many
        )
    texts = (models.CharField, models.TextField, models.JSONField, models.FileField)
    addresses = (models.GenericIPAddressField,)
    return isinstance(field, texts + addresses) and not field.choices


FIELDS = sorted(
    f"{model._meta.label}.{field.name}"
    for model in apps.get_models(include_auto_created=True)
    for field in model._meta.local_fields
    if could_hold_a_person(field)
)
DECLARED = {f"{held.model}.{name}" for held in every() for name in held.fields()}


@pytest.mark.parametrize("name", FIELDS)
def test_field_that_could_hold_a_person_is_declared_or_excepted(name):
    excepted = [why for pattern, why in EXCEPTIONS.items() if fnmatchcase(name, pattern)]
    assert name in DECLARED or excepted, (
        f"{name} could hold a person: declare it in personal_data.py of its app, so that a copy "
        "and an erasure reach it, or except it here with the reason."
    )


def test_no_field_that_leads_to_an_account_or_an_address_is_excepted_by_a_pattern_alone():
    for model in apps.get_models():
        for field in model._meta.local_fields:
            name = f"{model._meta.label}.{field.name}"
            leads = field.related_model is User or isinstance(field, models.EmailField)
            if not leads or model._meta.label in {"portal.SiteOperator", "wagtailimages.Image"}:
                continue
            if "_" in model.__name__ and model.__name__.startswith("User_"):
                continue
            assert name in DECLARED, name


@pytest.mark.parametrize("pattern", EXCEPTIONS)
def test_exception_is_of_a_field_that_there_is(pattern):
    assert any(fnmatchcase(name, pattern) for name in FIELDS), "This exception is out of date."


@pytest.mark.parametrize("held", every(), ids=lambda held: f"{held.model} {held.what}")
def test_declaration_names_fields_that_there_are_and_says_why(held: Held):
    model = apps.get_model(held.model)
    for name in held.fields():
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            assert hasattr(model, name), name
    assert held.why and held.kept
    assert held.stays or held.fate is Fate.DELETED
    assert held.fate is Fate.EMPTIED or not held.empties


def test_what_is_held_is_declared_in_words_that_differ():
    assert len({(held.model, held.what) for held in every()}) == len(every())


def test_field_that_nobody_declared_is_noticed():
    class Stray(models.Model):  # noqa: DJ008 (never shown)
        by = models.ForeignKey(User, models.CASCADE, related_name="+")
        said = models.TextField()
        kind = models.CharField(max_length=1, choices=[("a", "A")])

        class Meta:
            app_label = "network"
            managed = False

    try:
        asked = [field.name for field in Stray._meta.local_fields if could_hold_a_person(field)]
        assert asked == ["by", "said"]
        assert not any(
            fnmatchcase(f"network.Stray.{name}", each) for name in asked for each in EXCEPTIONS
        )
    finally:
        del apps.all_models["network"]["stray"]
        apps.clear_cache()
