"""Holes that really happened to others, each with a test that would have found it here."""
