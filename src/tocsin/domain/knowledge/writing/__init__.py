"""A document in each of its forms: page, Markdown, record, print. Each adds only looks to the same document."""
