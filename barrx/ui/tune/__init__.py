"""The tune page: many settings of one collection side by side, and which of them to believe."""
