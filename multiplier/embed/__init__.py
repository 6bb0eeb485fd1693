"""The calculator on other sites: frame, loader, accents, snippets, oEmbed."""
