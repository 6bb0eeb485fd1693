"""Charts as SVG drawn on the server, each with a table."""
