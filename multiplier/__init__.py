"""The local multiplier: an exact engine, its calculator, its embeddable widget and its block."""
