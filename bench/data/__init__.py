"""Points from outside: arrays, images, downloads and the user's own files."""
