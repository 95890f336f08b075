"""Plugin files: read without an import, imported with their helpers, kept out of this process."""
