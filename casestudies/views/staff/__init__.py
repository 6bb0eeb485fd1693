"""Pages about case studies in the Wagtail admin."""
