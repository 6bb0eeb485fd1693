"""What every app stands on: people who sign in, mail that waits, who runs the site."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class PeopleManager(UserManager["User"]):
    """Makes users whose name is their email address."""

    def _create_user(self, email, password, **extra):
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(self, email, password=None, **extra):
        """A person with an account; no password means that they sign in by code."""
        return self._create_user(email, password, **extra)

    def create_superuser(self, email, password=None, **extra):
        """A person who may do everything in both admins."""
        return self._create_user(
            email, password, is_staff=True, is_superuser=True, **extra
        )


class User(AbstractUser):
    """A person with an account. The email address is the user name."""

    username = None
    email = models.EmailField("email address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = PeopleManager()

    def __str__(self) -> str:
        return self.get_full_name() or self.email
