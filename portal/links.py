"""Tokens for emailed links; never stored, but computed again to compare.

A token is `<id>-<mac>`. The mac is the whole HMAC-SHA256 (RFC 2104), 256 bits in 43
characters, with LINK_KEY over the purpose, the row and its generation. When the generation
increases, every older link expires (DESIGN section 5, point 2).
"""

import base64
import hashlib
import hmac
import zlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.urls import reverse

SEALED_FOR = 2 * 3600  # seconds
LONGEST_SEAL = 3000  # characters, because it stands in an address


def make(purpose: str, *, pk: int, generation: int) -> str:
    """Return the token of a row's generation for one purpose; ASCII and URL-safe."""
    message = f"{purpose}\n{pk}\n{generation}".encode()
    mac = hmac.new(settings.LINK_KEY.encode(), message, hashlib.sha256).digest()
    return f"{pk}-{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def row_of(token: str) -> int | None:
    """Return the primary key in a token, without checking the mac; None if it has none."""
    pk, dash, _ = token.partition("-")
    return int(pk) if dash and pk.isascii() and pk.isdigit() and len(pk) < 18 else None


def is_valid(token: str, purpose: str, *, pk: int, generation: int) -> bool:
    """Whether the token belongs to this row and generation; compared in constant time."""
    expected = make(purpose, pk=pk, generation=generation)
    return hmac.compare_digest(token.encode(errors="replace"), expected.encode())


def was_valid(token: str, purpose: str, *, pk: int, generation: int) -> bool:
    """Whether the token belongs to this or an earlier generation. The first link has 1."""
    sent = range(1, generation + 1)
    return any(is_valid(token, purpose, pk=pk, generation=each) for each in sent)


def _seal_of(token: str) -> Fernet:
    key = hmac.new(settings.LINK_KEY.encode(), f"typed\n{token}".encode(), hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(key.digest()))


def seal(token: str, text: str) -> str:
    """Encrypt what was typed on a page behind `token`, to carry it in that page's address.

    Returns:
        URL-safe text that only `unseal` with the same token reads; "" if it would be too long.
    """
    sealed = _seal_of(token).encrypt(zlib.compress(text.encode())).decode()
    return sealed if len(sealed) <= LONGEST_SEAL else ""


def unseal(token: str, sealed: str) -> str | None:
    """Return what `seal` was given; None after two hours, and for anything else."""
    try:
        packed = _seal_of(token).decrypt(sealed, ttl=SEALED_FOR)
    except (InvalidToken, ValueError):
        return None
    return zlib.decompress(packed).decode()


def absolute(viewname: str, *args: object) -> str:
    """Return the full address of a view, e.g. `absolute("network:endorse", token)`."""
    return settings.SITE_URL + reverse(viewname, args=args)
