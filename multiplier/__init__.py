"""The local multiplier: an exact engine, a calculator, an embeddable widget, a block."""
