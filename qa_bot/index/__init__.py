"""What a question needs, on disk: articles, passages, vectors and BM25, in atomic generations."""
