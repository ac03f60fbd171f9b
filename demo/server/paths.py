"""Where in the app a request leads, wherever a proxy serves the app."""

from __future__ import annotations

from starlette.types import Scope


def path_of(scope: Scope) -> str:
    """Return the path of a request as the router takes it: without the one under which a proxy serves the app."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path
