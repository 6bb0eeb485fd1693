"""Files that officers hand in, checked where they are chosen."""

import unicodedata

from django import forms
from django.core.files.uploadedfile import UploadedFile

from network.choices import UploadKind
from network.upload_validation import LARGEST, WANTED, FitFile, Unfit, fit, too_large

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
