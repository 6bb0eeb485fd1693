"""Backups: a folder with the database, the uploaded files and a manifest, and its restoring."""
