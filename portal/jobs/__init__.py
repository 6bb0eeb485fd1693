"""Worker, the jobs that `tick` runs when they are due, and the portal's own jobs."""
