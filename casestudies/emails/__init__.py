"""Emails about case studies, one declaration each; see `network.emails`."""
