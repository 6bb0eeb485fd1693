"""Views of the tasks: read, save, and upload files."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from network import permissions
from network.actions import tasks
from network.choices import SignUpTask, UploadKind
from network.forms.saving import TaskForm, VersionedForm
from network.forms.tasks import FILE_FORMS, TASK_FORMS
from network.models import ChangedMeanwhile, Refused, SignUp, TaskSave, Upload
from network.readiness import IN_THE_WAY, Readiness
from network.views.pages import back_when_refused, file_of
from network.views.sign_ups import no_longer, page_of, sign_up_of, too_late
from portal.forms import posted
from portal.models import MemberRequest


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: MemberRequest, reference: str, *, task: SignUpTask) -> HttpResponse:
    """Show or save a task of a sign-up, with its form and template."""
    found = sign_up_of(request, reference)
    if not permissions.can_edit(request.user, found, task):
        if request.method != "POST":
            return no_longer(request, found, task.label)
        return too_late(request, found, TASK_FORMS[task](request.POST, sign_up=found).as_typed())
    saved = tasks.newest_save(found, task)
    form = TASK_FORMS[task](posted(request), sign_up=found, saved=saved)
    if form.is_valid():
        try:
            tasks.save_task(found, task, by=request.user, **form.to_save())
        except ChangedMeanwhile as clash:
            return _clash(request, found, form, clash.save)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"“{task.label}” is saved.")
            for notice in form.notices():
                messages.warning(request, notice)
            return redirect(_onward(request, found, form))
    if not form.is_bound:
        return _opened(request, found, form, saved)
    return _task_page(request, found, form, saved=saved)


def _opened(
    request: MemberRequest, found: SignUp, form: TaskForm, saved: TaskSave | None
) -> HttpResponse:
    """Show the page for a GET. A task marked as finished lists its gaps."""
    missing = Readiness(found).missing(form.task) if saved and saved.is_finished else {}
    if form.task in IN_THE_WAY:
        form.tell(missing)
        missing = {}
    return _task_page(request, found, form, saved=saved, lacks=list(missing.values()))


def _onward(request: MemberRequest, found: SignUp, form: TaskForm) -> str:
    """Return the next address: the file page, the way back, or here if there are notices."""
    if "file" in request.POST and form.task in OF_TASK:
        address = OF_TASK[form.task].address
        return reverse(f"network:{address}", args=[found.reference])
    return request.get_full_path() if form.notices() else _back(request, found)


def _back(request: MemberRequest, found: SignUp) -> str:
    """Return the address the person came from: the check page or the task list."""
    if request.GET.get("back") == "check":
        return reverse("network:sign_up_check", args=[found.reference])
    return found.get_absolute_url()


def _task_page(
    request: MemberRequest, found: SignUp, form: TaskForm, **context: object
) -> HttpResponse:
    file_page = OF_TASK.get(form.task)
    return page_of(
        request,
        f"sign_up_{form.task}",
        found,
        form=form,
        task=form.task,
        back=_back(request, found),
        file_page=file_page,
        wanted_change=found.change_wanted_in(form.task),
        uploaded=found.upload_of(file_page.kind) if file_page else None,
        **context,
    )


def _clash(request: MemberRequest, found: SignUp, form: TaskForm, theirs: TaskSave) -> HttpResponse:
    """Show both versions by question, and a merged form."""
    mine = form.to_save()["answers"]
    differences = form.differences(theirs.answers, mine)
    opened = found.task_saves.filter(task=form.task, version=form.seen).first()
    said = form.cleaned_data["is_finished"]
    only_they_said = opened and opened.is_finished == (said == "yes")
    merged = type(form)(
        sign_up=found,
        saved=theirs,
        answers=together(form, opened.answers if opened else {}, theirs.answers, mine),
        is_finished="" if only_they_said else said,
    )
    context = {"clash": theirs, "differences": differences, "typed": typed_again(request)}
    response = _task_page(request, found, merged, saved=theirs, **context)
    response.status_code = 409
    return response


def typed_again(request: MemberRequest) -> list[tuple[str, str]]:
    """Return the POST data to be sent again unchanged, without the version."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "version")
        for value in values
    ]


def together(
    form: VersionedForm, before: tasks.Answers, theirs: tasks.Answers, mine: tasks.Answers
) -> tasks.Answers:
    """Merge the versions: mine, except answers only they changed since `before`, when I began."""
    plain = tasks.in_json(mine)
    return {
        name: theirs[name]
        if name in theirs and form.in_words(name, before.get(name)) == form.in_words(name, answer)
        else answer
        for name, answer in plain.items()
    }


@dataclass(frozen=True)
class FilePage:
    """A page for uploading one kind of file, and the task it belongs to."""

    kind: UploadKind
    task: SignUpTask
    title: str
    address: str
    button: str


LOGO = FilePage(
    UploadKind.LOGO,
    SignUpTask.PUBLICITY,
    "The council’s logo",
    "sign_up_logo",
    "Save and upload the logo",
)
DECISION = FilePage(
    UploadKind.DECISION,
    SignUpTask.DECISION,
    "The minutes or decision",
    "sign_up_decision_file",
    "Save and upload the minutes",
)
OF_TASK = {page.task: page for page in (LOGO, DECISION)}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def upload(request: MemberRequest, reference: str, *, page: FilePage) -> HttpResponseBase:
    """Upload, replace or remove a file of one kind."""
    found = sign_up_of(request, reference)
    if not permissions.can_edit(request.user, found, page.task):
        return no_longer(request, found, page.title)
    if request.method == "POST" and "remove" in request.POST:
        tasks.remove_upload(found, by=request.user, kind=page.kind)
        messages.success(request, "File removed.")
        return redirect(f"network:{page.address}", reference)
    form = FILE_FORMS[page.kind](posted(request), request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        tasks.keep_upload(found, by=request.user, kind=page.kind, file=file)
        messages.success(request, "File saved.")
        return redirect(f"network:sign_up_{page.task}", reference)
    current = found.upload_of(page.kind)
    return page_of(
        request, "sign_up_file", found, form=form, current=current, page=page, task=page.task
    )


@login_required
@require_safe
def download(request: MemberRequest, reference: str, pk: str) -> FileResponse:
    """Return a file as a download; 404 for people without access to the sign-up."""
    upload = get_object_or_404(
        Upload.objects.select_related("sign_up"), pk=pk, sign_up__reference=reference
    )
    if not permissions.can_read(request.user, upload.sign_up):
        raise Http404
    response = file_of(upload, as_attachment=True)
    patch_cache_control(response, no_store=True, private=True)
    return response
