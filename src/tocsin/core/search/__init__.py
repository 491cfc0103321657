"""Full-text search over what every room puts in, on SQLite (FTS5) and PostgreSQL (tsvector)."""
