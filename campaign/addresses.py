"""Which addresses pages may not take, since views answer there (DESIGN section 4)."""

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


def refusal(slug: str) -> str:
    """Why a page directly below the home page may not have this slug; "" if it may."""
    if slug.lower() not in RESERVED:
        return ""
    return (
        f"“/{slug}/” is already used by another part of the site. "
        "Choose another slug for this page."
    )
