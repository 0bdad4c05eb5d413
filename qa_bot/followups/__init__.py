"""Follow-up questions made stand-alone from what was said before."""
