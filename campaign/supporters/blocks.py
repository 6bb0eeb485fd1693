"""The supporter's sign-up on a page that editors make."""

from wagtail import blocks


class SupportersSignUpBlock(blocks.StructBlock):
    """A form with one field: an email address. Topics and council come later, by link."""

    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300, rows=3)

    class Meta:
        icon = "mail"
        label = "Sign-up for news"
        group = "Bands"
        template = "bands/supporters_sign_up.html"
        description = "A form with one field, to get our news"
        preview_value = {
            "title": "Get our news",
            "text": "Councils that join, events near you and what we learn. "
            "You choose the topics and can leave at any time.",
        }
