"""Settings of the whole test session."""

from hypothesis import settings

# The same examples on every run, and none kept on disk: a red test is red for everyone.
settings.register_profile("suite", deadline=None, max_examples=40, derandomize=True, database=None)
settings.load_profile("suite")
