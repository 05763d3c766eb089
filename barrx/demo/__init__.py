"""The shipped collection."""
