"""Which emails someone gets: their choice, and the link in an email that stops its kind."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from network.actions import member_messages as actions
from network.choices import OptionalMail
from network.forms.member_messages import EmailsForm
from network.models import Representative
from network.models.member_messages import what_to_stop
from portal.forms import posted
from portal.models import MemberRequest, User


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def emails(request: MemberRequest) -> HttpResponse:
    """Show which emails someone gets and why, and keep what they choose."""
    off = set(request.user.mail_opt_outs.values_list("kind", flat=True))
    wanted = [kind for kind in OptionalMail.values if kind not in off]
    form = EmailsForm(posted(request), initial={"wanted": wanted})
    if form.is_valid():
        actions.choose_emails(request.user, by=request.user, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("network:emails")
    roles = Representative.objects.current().filter(user=request.user)
    context = {
        "form": form,
        "roles": roles.select_related("membership__council").order_by("membership__council__name"),
        "section": "join",
    }
    return render(request, "network/emails.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one kind of email: one POST is enough, which mail programs send (RFC 8058).

    It checks nothing but the token, and can do nothing else.
    """
    found = what_to_stop(token)
    if found is None:
        raise Http404
    pk, kind = found
    user = User.objects.filter(pk=pk).first()
    if request.method == "POST" and user:
        actions.stop_emails(user, kind)
    is_on = user is not None and not user.mail_opt_outs.filter(kind=kind).exists()
    context = {"kind": kind, "is_on": is_on, "section": "join"}
    return render(request, "network/emails_stop.html", context)
