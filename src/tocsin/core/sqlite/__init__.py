"""Django's SQLite with one difference: whole transactions take turns at the writer (`turnstile`)."""
