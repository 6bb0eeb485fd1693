"""User actions, a module a noun. Each function runs in one transaction (DESIGN section 2)."""
