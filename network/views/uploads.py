"""Files of a sign-up: uploading them, and handing them out to those who may see it."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from network import actions, permissions
from network.choices import SignUpTask, UploadKind
from network.forms import FILE_FORMS, posted
from network.models import Upload
from network.views.of_a_sign_up import back_when_refused, no_longer, page_of, sign_up_of
from portal.models import MemberRequest


@dataclass(frozen=True)
class FilePage:
    """The page on which one kind of file is uploaded, and the task that it belongs to."""

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
    """One kind of file: uploading it, another one instead, or removing it."""
    found = sign_up_of(request, reference)
    if not permissions.can_edit(request.user, found, page.task):
        return no_longer(request, found, page.title)
    if request.method == "POST" and "remove" in request.POST:
        actions.remove_upload(found, by=request.user, kind=page.kind)
        messages.success(request, "The file is removed.")
        return redirect(f"network:{page.address}", reference)
    form = FILE_FORMS[page.kind](posted(request), request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        actions.keep_upload(found, by=request.user, kind=page.kind, file=file)
        messages.success(request, "The file is saved.")
        return redirect(f"network:sign_up_{page.task}", reference)
    current = found.upload_of(page.kind)
    return page_of(
        request, "sign_up_file", found, form=form, current=current, page=page, task=page.task
    )


@login_required
@require_safe
def download(request: MemberRequest, reference: str, pk: str) -> FileResponse:
    """One file; 404 for everybody who may not see the sign-up."""
    upload = get_object_or_404(
        Upload.objects.select_related("sign_up"), pk=pk, sign_up__reference=reference
    )
    if not permissions.can_read(request.user, upload.sign_up):
        raise Http404
    try:
        file = upload.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = FileResponse(
        file,
        as_attachment=True,
        filename=upload.download_name,
        content_type=upload.content_type,
    )
    # Should a browser show it after all, it is nobody's page and can do nothing.
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, no_store=True, private=True)
    return response
