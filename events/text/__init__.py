"""Words and addresses as people type them, made clean before anything else sees them."""
