"""Turns the definition of a call into a method of a client.

Invariant: a method has the parameters, defaults and docstring of its definition in `_requests.py`, for type checkers
and for `help()` alike, so that the two clients can't drift apart.
"""

import inspect
from collections.abc import Callable
from types import GenericAlias
from typing import Any, TypeVar, get_args

MethodT = TypeVar("MethodT", bound=Callable[..., Any])


def defined_by(definition: Callable[..., Any], container: type | None = None) -> Callable[[MethodT], MethodT]:
    """Decorates the method that sends what `definition` builds.

    It returns the type in the definition's `Call[...]`, or several of them in a `container`.
    """

    def decorate(method: MethodT) -> MethodT:
        signature = inspect.signature(definition)
        (result,) = get_args(signature.return_annotation)
        myself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        # functools.wraps would say that the method is its definition, which takes no `self` and returns a Call.
        described: Any = method
        described.__name__ = definition.__name__
        described.__doc__ = definition.__doc__
        described.__signature__ = signature.replace(
            parameters=[myself, *signature.parameters.values()],
            return_annotation=GenericAlias(container, result) if container else result,
        )
        return method

    return decorate
