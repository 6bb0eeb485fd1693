"""Handing out what officers handed in: as a download, to those who may see the sign-up."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from network import permissions
from network.models import Upload
from portal.client import MemberRequest


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
