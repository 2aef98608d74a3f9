"""Imports: articles that come from elsewhere."""
