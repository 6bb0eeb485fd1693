"""The mails of the network, a module a noun. Templates: `templates/emails/`."""
