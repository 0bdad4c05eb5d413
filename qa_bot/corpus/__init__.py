"""Articles in: files of a corpus folder read into `Article` values."""
