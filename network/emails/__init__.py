"""Emails of the network, one noun per module. Templates: `templates/emails/`."""
