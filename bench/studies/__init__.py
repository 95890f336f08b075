"""Studies: questions of their own, one file each, asked by ``python -m bench study NAME``."""
