"""What people do about the mailing list. Each function runs in one transaction."""
