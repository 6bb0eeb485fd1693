"""Supporters: the mailing list, newsletters, and who asked a council to join."""
