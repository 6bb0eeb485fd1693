"""Forms of the network, one noun per module."""
