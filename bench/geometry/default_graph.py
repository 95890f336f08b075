"""The graph on which geodesics are estimated if nothing else is said."""

# Neighbours of each point. Chosen by the errors on manifolds with known geodesics: see
# docs/calibration.md. It is among the parameters of a job, so a change makes every job another one.
DEFAULT_NEIGHBORS = 10
