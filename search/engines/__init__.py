"""Ask and answer: one interface, an embedded engine and Elasticsearch. Knows no page types."""
