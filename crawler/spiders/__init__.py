"""Spiders: there is one."""
