"""One search over everything: documents, two engines behind one interface, views."""
