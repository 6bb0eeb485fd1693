"""What the pages of accounts show; a library of its own, because only they load it."""

from django import template

from portal.account_history import browser_of

register = template.Library()
register.filter("browser", browser_of)
