"""What people do with case studies outside the admin; see `network.actions`."""
