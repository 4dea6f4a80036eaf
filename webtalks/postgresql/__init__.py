"""The database backend (`ENGINE`) on PostgreSQL; Django looks for it in `base`."""
