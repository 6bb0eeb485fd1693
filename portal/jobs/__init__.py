"""The worker, what falls due, and the jobs of the portal itself."""
