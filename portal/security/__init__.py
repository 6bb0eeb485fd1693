"""Headers, origin checks, rate limits, second factor and log redaction."""
