"""The addresses that vendors post to: receipts, replies, key presses. No page."""
