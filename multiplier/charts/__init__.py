"""Pictures as SVG, drawn on the server, each with its table."""
