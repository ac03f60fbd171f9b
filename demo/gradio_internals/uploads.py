"""How much may be uploaded, and that nothing half-written stays."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from anyio import to_thread
from gradio import route_utils
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo import cache, words
from demo.limits import MIB, Limits
from demo.room import Room
from demo.server.arriving import Arriving, Pace
from demo.server.bodies import UPLOADS, announced
from demo.server.clients import address_of
from demo.server.paths import path_of
from demo.server.refused import RefusedError

FORM = 2**20  # bytes around the files of a form: boundaries and names
FIELD = "files"  # the form's field that Gradio reads


class UploadLimit:
    """ASGI middleware that counts uploads and their bytes, before and while they arrive."""

    def __init__(self, app: ASGIApp, limits: Limits, arriving: Arriving, room: Room) -> None:
        self._app, self._limits, self._arriving, self._room = app, limits, arriving, room
        self._longest = limits.upload_files * limits.upload_mib * MIB + FORM

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or path_of(scope) != UPLOADS:
            await self._app(scope, receive, send)
            return
        try:
            with self._arriving.place(address_of(scope)):
                await to_thread.run_sync(self._room.measure)
                await self._app(scope, self._counted(Pace(receive, self._limits.stall_seconds), scope), send)
        except ClientDisconnect:
            pass  # what had come is removed, and there is nobody to tell
        except RefusedError as refusal:  # nothing has been answered yet: Gradio answers when all has arrived
            await refusal.answer(scope, receive, send)

    def _counted(self, receive: Receive, scope: Scope) -> Receive:
        """Return ``receive`` that raises RefusedError where there is too much, or no room for it."""
        seen, expected = 0, announced(scope)
        if expected > self._longest:
            raise RefusedError(413, self._too_long())
        if not self._room.fits(expected):
            raise RefusedError(507, words.CACHE_FULL)

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            count = len(message.get("body", b""))
            seen += count
            if seen > self._longest:
                raise RefusedError(413, self._too_long())
            if not self._room.take(count):
                raise RefusedError(507, words.CACHE_FULL)
            return message

        return counted

    def _too_long(self) -> str:
        return words.UPLOAD_TOO_LONG.format(files=self._limits.upload_files, limit=self._limits.upload_mib)


def limit_forms(limits: Limits) -> None:
    """Have Gradio read upload forms with our limits.

    Its parser (6.31) takes a thousand files and, in memory, fields of any length, and leaves the files of a form that
    breaks off. It has no setting for either, so the class that its upload route names is replaced.
    """
    if not issubclass(route_utils.GradioMultiPartParser, UploadForm):
        route_utils.GradioMultiPartParser = UploadForm  # type: ignore[misc]
    UploadForm.limits = limits


class UploadForm(route_utils.GradioMultiPartParser):
    """Gradio's form parser that takes files only, not too many, and removes what it wrote if it fails."""

    limits = Limits()

    def on_headers_finished(self) -> None:
        """Begin the next part of the form.

        Raises:
            RefusedError: if it is no file of the right field, or one too many.
        """
        super().on_headers_finished()
        if self._current_part.file is None or self._current_part.field_name != FIELD:
            raise RefusedError(400, words.NOT_AN_UPLOAD)
        if self._current_files > self.limits.upload_files:
            raise RefusedError(413, words.TOO_MANY_FILES.format(limit=self.limits.upload_files))
        file: Any = self._current_part.file
        file.sha = _Name()

    async def parse(self) -> Any:
        """Read the form to its end.

        Raises:
            RefusedError: if it is no form, or too large.
        """
        try:
            form = await super().parse()
            if len(self.items) != len(self._files_to_close_on_error):
                raise RefusedError(400, words.NOT_AN_UPLOAD)  # broken off in the middle of a file
            return form
        except MultiPartException as error:
            self._remove()
            if "File size exceeded" in error.message:
                raise RefusedError(413, words.FILE_TOO_LONG.format(limit=self.limits.upload_mib)) from None
            raise RefusedError(400, words.NOT_AN_UPLOAD) from None
        except BaseException:
            self._remove()
            raise

    def _remove(self) -> None:
        if self.upload_progress is not None and self.upload_id is not None:
            self.upload_progress.set_done(self.upload_id)
        for file in self._files_to_close_on_error:
            file.close()
            with suppress(OSError):
                os.unlink(file.name)


class _Name:
    """Stands in for the hash after which Gradio names a file's folder: the same photo of two people lies in two."""

    def __init__(self) -> None:
        self._name = cache.new_name()

    def update(self, data: bytes) -> None:
        """Take note of nothing."""

    def hexdigest(self) -> str:
        """Return the name of the folder."""
        return self._name
