"""Security headers, origin checks, rate limits, the second factor and log redaction."""
