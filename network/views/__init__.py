"""Views of the network, one noun per module. Staff's views are in `staff/`."""
