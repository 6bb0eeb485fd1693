"""First-level addresses that pages cannot have, because views answer them (DESIGN section 4)."""

RESERVED = frozenset(
    {
        "accounts",
        "admin",
        "api",
        "councils",
        "data",
        "dev",
        "django-admin",
        "documents",
        "embed",
        "endorse",
        "healthz",
        "join",
        "mail-events",
        "media",
        "multiplier",
        "my",
        "oembed",
        "readyz",
        "robots.txt",
        "search",
        "sitemap.xml",
        "static",
        "styleguide",
        "supporters",
        "_util",
    }
)


def slug_problem(slug: str) -> str:
    """Return why a page directly below the home page cannot have this slug, or ""."""
    if slug.lower() not in RESERVED:
        return ""
    return (
        f"“/{slug}/” is already used by another part of the site. "
        "Choose another slug for this page."
    )
