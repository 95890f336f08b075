"""Two metrics that vary, with the geodesics of one of them."""

import numpy as np


def sphere(parameters):
    """Give the metric of longitude and latitude on a sphere of radius 1."""
    metric = np.zeros((len(parameters), 2, 2))
    metric[:, 0, 0], metric[:, 1, 1] = np.cos(parameters[:, 1]) ** 2, 1
    return metric


def great_circles(start, end):
    """Give distances on that sphere; the two are broadcast against each other."""
    ends = np.stack(np.broadcast_arrays(start, end))
    longitude, latitude = ends[..., 0], ends[..., 1]
    flat = np.cos(latitude)
    points = np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], -1)
    return 2 * np.arcsin(np.linalg.norm(points[0] - points[1], axis=-1) / 2)


def polar(parameters):
    """Give the metric of radius and angle in a plane."""
    metric = np.zeros((len(parameters), 2, 2))
    metric[:, 0, 0], metric[:, 1, 1] = 1, parameters[:, 0] ** 2
    return metric
