"""What runs the embedding model in the embedder's child process."""
