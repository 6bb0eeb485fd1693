"""Forms of case studies: what editors edit, and what members fill in."""
