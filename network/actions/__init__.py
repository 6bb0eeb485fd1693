"""User actions, one noun per module. Each function runs in one transaction.

See section 2 of DESIGN.
"""
