"""Passwords: how they are stored, and which are too easy to guess here."""

import re

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError

OWN_WORDS = re.compile(r"keep\W*it\W*local|locality", re.IGNORECASE)


class OwaspArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters: 19 MiB, 2 rounds, 1 thread.

    Django's own take 100 MiB and 8 threads, which is half a small server for one attempt.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1


class OwnWordsValidator:
    """Refuses passwords made of the network's name, which anyone would try first."""

    TEXT = "Choose a password without the name of this site."
    FEWEST_OTHERS = 12  # characters besides the name

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError if little is left without the name."""
        rest, count = OWN_WORDS.subn("", password)
        if count and len(rest) < self.FEWEST_OTHERS:
            raise ValidationError(self.TEXT, code="own_words")

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return self.TEXT
