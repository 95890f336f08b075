"""A dataset that cannot be drawn."""


def dataset(*, n=120, seed=0):
    raise OSError("the file is not there")
