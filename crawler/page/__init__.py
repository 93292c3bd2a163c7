"""One page, read once: its addresses, its parts, its language, the terms it uses."""
