"""Email: the outbox, what staff see of it, bounces and the development inbox."""
