"""A fictional country served on loopback, on which the whole program can be tried without the internet."""
