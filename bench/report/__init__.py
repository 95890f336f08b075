"""What is published: tables and figures, made from the store alone."""
