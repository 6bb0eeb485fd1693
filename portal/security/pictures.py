"""Pictures that editors upload: only their pixels are kept, not where they were taken."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from wagtail.images.forms import BaseImageForm

from portal.pictures import Picture
from portal.uploaded_pictures import LONGEST_SIDE, Busy, TooManyPixels, Unreadable, drawn_anew

SIDE_KEPT = 4_000  # pixels; the largest that a page shows has under half
_ASK_FOR_CREDIT = "Enter who to credit. The licence requires it"
_UNREADABLE = "We cannot read the picture. Save it again and try again"


class PictureForm(BaseImageForm):
    """Wagtail's form of a picture, which draws the file anew and asks about rights."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            checked = field.to_python

            def to_python(data: Any) -> Any:
                try:
                    return checked(data)
                except OSError:  # Wagtail lets Pillow's error for half a file through
                    raise ValidationError(_UNREADABLE) from None

            field.to_python = to_python

    def clean_file(self) -> Any:
        """Return the file without hidden data (EXIF, so also GPS), or raise ValidationError."""
        file = self.cleaned_data["file"]
        if not file or "file" not in self.changed_data:
            return file
        file.seek(0)
        try:
            drawn = drawn_anew(
                file.read(),
                file.image.format_name.upper(),
                SIDE_KEPT,
                settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS,
            )
        except TooManyPixels:
            raise ValidationError(
                f"No side of the picture can be longer than {LONGEST_SIDE:,} pixels. "
                "Make it smaller and try again"
            ) from None
        except Busy:
            raise ValidationError("We are reading another picture. Try again in a minute") from None
        except Unreadable:
            raise ValidationError(_UNREADABLE) from None
        return ContentFile(drawn, name=file.name)

    def save(self, commit: bool = True) -> Picture:
        """Save, and forget what was cut round another focal point."""
        picture: Picture = super().save(commit)
        if commit and any(name.startswith("focal_point") for name in self.changed_data):
            picture.renditions.filter(filter_spec__startswith="fill-").delete()
        return picture

    def clean(self) -> dict[str, Any]:
        """Require the rights, except where the form was not shown: several files at once."""
        cleaned = super().clean() or self.cleaned_data
        if "file" not in self.fields and not self.instance.pk:  # kept as it was uploaded
            raise ValidationError("Upload this picture again, with a shorter title")
        rights = cleaned.get("rights")
        if self.add_prefix("rights") in self.data and not rights and "rights" not in self.errors:
            self.add_error("rights", "Select why we can publish this picture")
        if rights in (Picture.Rights.CC_BY, Picture.Rights.CC_BY_SA) and not cleaned.get("credit"):
            self.add_error("credit", _ASK_FOR_CREDIT)
        return cleaned
