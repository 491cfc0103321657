"""Contact methods: how pages reach the person who looks, proved by a code, tried by a test."""
