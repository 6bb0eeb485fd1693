"""Emails about case studies, one noun per module. Templates: `templates/emails/`."""
