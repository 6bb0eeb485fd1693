"""Views of case studies in the admin that are not Wagtail's own."""
