"""Management commands, and the accounts of the demonstration."""
