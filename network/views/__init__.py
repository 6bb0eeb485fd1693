"""What the network shows and takes, a module a noun; staff's pages in `staff/`."""
