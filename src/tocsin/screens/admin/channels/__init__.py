"""The organisation's accounts with vendors: what messages leave through, set up and tried by an administrator."""
