"""What people touch: the terminal today, other faces beside it."""
