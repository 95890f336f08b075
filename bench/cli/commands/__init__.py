"""The commands: one file each, with a function ``command`` and an ``EPILOG`` of examples."""
