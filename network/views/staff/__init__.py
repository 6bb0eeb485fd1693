"""Pages for network managers in the Wagtail admin."""
