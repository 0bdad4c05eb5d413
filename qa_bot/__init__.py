"""A question-answering bot over an archive of articles that answers only in the articles' own words."""

__version__ = "0.1.0"
