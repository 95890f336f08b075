"""Names for what TensorFlow and Keras leave untyped."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A tensor, or what TensorFlow takes for one."""

Network: TypeAlias = Any
"""A `keras.Model`: a function of tensors that has weights."""
