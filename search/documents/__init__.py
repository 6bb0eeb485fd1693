"""What each type of thing looks like to search, and how engines hear of changes."""
