"""How we touch the web and keep what it said."""
