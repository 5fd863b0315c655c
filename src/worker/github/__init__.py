"""GitHub behind the Forge port."""
