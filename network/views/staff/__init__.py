"""The pages of network managers, in the Wagtail admin."""
