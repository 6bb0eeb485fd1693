"""Checks of what a new operator must set up, for `manage.py check_site`.

They ask the database and the mail server. So Django's own command runs them only when asked to:
`manage.py check --deploy --tag site --database default`.
Each message names its topic as `obj`. Apps add checks of their own in `AppConfig.ready()`.
"""

import datetime
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.checks import CheckMessage, Error, Info, Warning, register
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page

from portal import health
from portal.backups.manifest import NAME
from portal.models import SiteOperator, User
from portal.security.second_factor import SECOND_FACTORS

TAG = "site"
OLD_BACKUP = datetime.timedelta(hours=48)
# deploy/copy-backups touches it after each copy to another machine.
LAST_COPY = ".copied"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
UNSENT = ("filebased", "console", "locmem", "dummy")

Check = Callable[..., list[CheckMessage]]
_topics: list[str] = []


def register_check(topic: str, look: Callable[[], list[CheckMessage]]) -> None:
    """Add a check to `check_site`.

    Args:
        topic: What it is about, as `check_site` shows it.
        look: Returns what is missing. It is not asked if the database does not answer.
    """

    def asked(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
        if not databases:
            return []
        try:
            found = look()
        except DatabaseError:
            return []  # `look_at_database` says so
        for message in found:
            message.obj = topic
        return found

    _topics.append(topic)
    register(asked, TAG, deploy=True)


def topics() -> list[str]:
    """Return the topics of all checks."""
    return list(_topics)


def look_at_settings() -> list[CheckMessage]:
    """Keys, address and proxy."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(
            Error("DEBUG is on.", hint="Take DEBUG out of the environment.", id="site.E001")
        )
    if len(settings.LINK_KEY) < 32 or settings.LINK_KEY == settings.SECRET_KEY:
        found.append(
            Error(
                "LINK_KEY is too short, or is the same as SECRET_KEY.",
                hint="Whoever guesses it can sign for a council. Make one: python3 -c "
                "'import secrets; print(secrets.token_urlsafe(48))'",
                id="site.E002",
            )
        )
    if not settings.SECURE:
        found.append(
            Error(
                "SITE_URL does not begin with https.",
                hint="Sessions and emailed links would cross the internet in the clear.",
                id="site.E003",
            )
        )
    elif not settings.TRUSTED_PROXY_COUNT:
        found.append(
            Error(
                "TRUSTED_PROXY_COUNT is 0, but SITE_URL is https.",
                hint="The web server before the site ends TLS. Set it to 1, or every page will "
                "redirect to itself and all visitors will share one limit.",
                id="site.E004",
            )
        )
    if "*" in settings.ALLOWED_HOSTS or settings.SITE_HOST not in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                f"ALLOWED_HOSTS must name {settings.SITE_HOST}, and not *.",
                hint="Leave it out: the default is right for one name.",
                id="site.E005",
            )
        )
    return found


def look_at_database() -> list[CheckMessage]:
    """Connection, migrations and the table of the cache."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        tables = connection.introspection.table_names()
    except DatabaseError as problem:
        return [
            Error(
                f"The database does not answer: {type(problem).__name__}.",
                hint="Check DATABASE_URL, and that the database runs. Nothing else was looked at.",
                id="site.E010",
            )
        ]
    found: list[CheckMessage] = []
    if waiting:
        found.append(
            Error(f"{len(waiting)} migrations wait.", hint="manage.py migrate", id="site.E011")
        )
    cache = settings.CACHES["default"]
    if "LOCATION" in cache and not settings_have_redis() and cache["LOCATION"] not in tables:
        found.append(
            Error(
                "The table for rate limits is missing.",
                hint="manage.py createcachetable",
                id="site.E012",
            )
        )
    return found


def settings_have_redis() -> bool:
    """Whether rate limits are counted in Redis."""
    return str(settings.CACHES["default"]["LOCATION"]).startswith("redis")


def look_at_operator() -> list[CheckMessage]:
    """Who runs the site."""
    operator = SiteOperator.current()
    words = {"name": "a name", "postal_address": "a postal address", "email": "an email address"}
    missing = [word for name, word in words.items() if not getattr(operator, name)]
    if not missing:
        return []
    return [
        Error(
            f"Who runs the site has no entry for {', '.join(missing)}.",
            hint="Enter it in the admin under Settings, “Who runs the site”. Until then every page "
            "says it is a demonstration, and search engines are kept out.",
            id="site.E020",
        )
    ]


def look_at_mail() -> list[CheckMessage]:
    """Mail server, sender, bounces and, as a hint, SPF and DMARC."""
    if any(kind in settings.EMAIL_BACKEND for kind in UNSENT):
        return [
            Error(
                "Emails are not sent: they are only written down.",
                hint="Set EMAIL_URL to a mail server or a provider.",
                id="site.E030",
            )
        ]
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND == SMTP:
        server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        try:
            with mail.get_connection(timeout=5):
                pass
        except Exception as problem:  # sockets, TLS and passwords each have their own
            found.append(
                Error(
                    f"The mail server {server} does not let us in: {type(problem).__name__}.",
                    hint="Check EMAIL_URL: host, port, user, password, and tls=1 or ssl=1.",
                    id="site.E031",
                )
            )
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    if not settings.MAIL_WEBHOOK_SECRET:
        found.append(
            Warning(
                "We do not learn which emails could not be delivered.",
                hint="Set MAIL_WEBHOOK_SECRET, and tell the provider (docs/operations.md, Mail).",
                id="site.W032",
            )
        )
    found.append(
        Info(
            f"Councils’ mail servers look for SPF and DMARC records of {domain}.",
            hint=f"See whether there are any: dig +short TXT {domain}; dig +short TXT "
            f"_dmarc.{domain}. Then send an email: manage.py sendtestemail YOUR-ADDRESS",
            id="site.I033",
        )
    )
    return found


def look_at_staff() -> list[CheckMessage]:
    """People who enter the admin, and their second factors."""
    entry = Permission.objects.filter(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    staff = User.objects.filter(
        Q(groups__permissions__in=entry) | Q(user_permissions__in=entry) | Q(is_superuser=True),
        is_active=True,
    ).distinct()
    if not staff:
        return [
            Error("No one can enter the admin.", hint="manage.py createsuperuser", id="site.E040")
        ]
    secured = Authenticator.objects.filter(type__in=SECOND_FACTORS).values("user")
    without = staff.exclude(pk__in=secured).count()
    if not without:
        return []
    return [
        Warning(
            f"{without} of {len(staff)} people who enter the admin have no second factor yet.",
            hint="They are asked to set one up at their next visit. Until then their password is "
            "all that protects the site.",
            id="site.W041",
        )
    ]


def look_at_pages() -> list[CheckMessage]:
    """Pages that the law asks for."""
    published = set(Page.objects.live().values_list("slug", flat=True))
    return [
        Error(
            f"The page /{slug}/ is not published.",
            hint="manage.py seed_content makes it. Then let an editor complete it and publish it.",
            id="site.E050",
        )
        for slug in ("privacy", "accessibility")
        if slug not in published
    ]


def look_at_backups() -> list[CheckMessage]:
    """Age of the newest backup, and of its copy on another machine."""
    if not settings.BACKUP_DIR:
        return [
            Error(
                "No one makes backups.",
                hint="Set BACKUP_DIR to a folder: the worker then makes one each night.",
                id="site.E060",
            )
        ]
    folder = Path(settings.BACKUP_DIR)
    newest = _newest(folder.glob(f"*/{NAME}"))
    copied = _newest(folder.glob(LAST_COPY))
    found: list[CheckMessage] = []
    if newest is None:
        message = "There is no backup yet."
        found.append(Error(message, hint=f"manage.py backup {folder}/first", id="site.E061"))
    elif newest < timezone.now() - OLD_BACKUP:
        message = f"The newest backup is of {timezone.localtime(newest):%-d %B %Y}."
        found.append(Error(message, hint="Look at the worker’s log.", id="site.E062"))
    if copied is None or copied < timezone.now() - OLD_BACKUP:
        found.append(
            Warning(
                "No backup was copied to another machine in the last 2 days.",
                hint="If this disk breaks, everything is lost. See deploy/copy-backups.",
                id="site.W063",
            )
        )
    return found


def _newest(paths: Any) -> datetime.datetime | None:
    times = [path.stat().st_mtime for path in paths]
    return datetime.datetime.fromtimestamp(max(times), datetime.UTC) if times else None


def look_at_parts() -> list[CheckMessage]:
    """What monitoring and staff are told too: the worker, search, the disks."""
    return [
        Error(f"{state.title}: {state.said}", hint=state.advice, id="site.E070")
        for state in health.report().values()
        if not state.is_well
    ]


def look_at_folders() -> list[CheckMessage]:
    """Who can read what is stored."""
    folders = {settings.VAR_DIR, Path(settings.MEDIA_ROOT), Path(settings.UPLOADS_ROOT)}
    return [
        Warning(
            f"Everyone on this machine can read {folder}.",
            hint=f"chmod o= {folder}",
            id="site.W071",
        )
        for folder in folders
        if folder.exists() and folder.stat().st_mode & 0o007
    ]


CHECKS = {
    "Settings": look_at_settings,
    "Database": look_at_database,
    "Who runs the site": look_at_operator,
    "Email": look_at_mail,
    "Staff": look_at_staff,
    "Pages": look_at_pages,
    "Backups": look_at_backups,
    "What works": look_at_parts,
    "Folders": look_at_folders,
}
