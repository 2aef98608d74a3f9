"""The groups of a run: each measures one kind of thing and adds its rows to the report."""
