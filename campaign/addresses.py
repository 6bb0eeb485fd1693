"""First-level addresses that views answer, or that every page links to (DESIGN section 4)."""

#: The pages that the footer links to; templates/components/footer.html.
LINKED = frozenset({"about", "accessibility", "contact", "privacy"})

#: Addresses that pages cannot have, because views answer them.
RESERVED = frozenset(
    {
        "accounts",
        "admin",
        "api",
        "cards",
        "community-organisations",
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
        "styles",
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
