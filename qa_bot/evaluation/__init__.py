"""Measures over gold questions, named as in the literature."""
