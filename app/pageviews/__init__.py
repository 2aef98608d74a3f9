"""Pageviews: journaled before the answer, folded into the database, shown as "47 views"."""
