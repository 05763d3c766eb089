"""Barr X: look at a whole image collection at once."""

__version__ = "0.1.0"
