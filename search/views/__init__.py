"""The search page, its API, what both share, and what staff see of search."""
