"""A small stand-in for the Hugging Face Hub, on loopback over real HTTP.

It answers what huggingface_hub asks for when it downloads model files: redirects of large files to
a content address, commit and entity headers, and the Hub's own error codes.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote

import pytest

_FILE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<name>.+)")
_BLOB = re.compile(r"/blob/(?P<sha256>[0-9a-f]{64})")


@dataclass
class Repository:
    """A model repository: files of each commit, and what branches and tags point to."""

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    refusal: tuple[int, str] | None = None  # status and X-Error-Code, for whoever asks

    def commit(self, files: Mapping[str, bytes], ref: str = "main") -> str:
        """Add a commit, let ``ref`` point to it, and return its 40-digit hash."""
        digest = hashlib.sha1(usedforsecurity=False)
        for name, content in sorted(files.items()):
            digest.update(name.encode() + content)
        self.commits[digest.hexdigest()] = dict(files)
        self.refs[ref] = digest.hexdigest()
        return digest.hexdigest()


def use_hub(url: str, cache: Path, patch: pytest.MonkeyPatch) -> None:
    """Let huggingface_hub, which reads its settings when it is imported, talk to another Hub in this process."""
    from huggingface_hub import constants

    patch.setenv("NO_PROXY", "*")
    patch.setattr(constants, "ENDPOINT", url)
    patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    patch.setattr(constants, "HF_HUB_CACHE", str(cache))
    for nothing_else in ("HF_HUB_DISABLE_PROGRESS_BARS", "HF_HUB_DISABLE_TELEMETRY"):
        patch.setattr(constants, nothing_else, True)


class HubServer:
    """Serves repositories until the ``with`` block ends; ``requests`` logs (method, path)."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.requests: list[tuple[str, str]] = []
        self.cut_downloads = False  # announce whole files, send halves
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """What HF_ENDPOINT is to be set to."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def storage_url(self) -> str:
        """Where large files are redirected to: the same server by another name, as the Hub's storage is."""
        return f"http://localhost:{self._server.server_port}"

    def add(self, repo: str, files: Mapping[str, bytes]) -> str:
        """Create ``owner/name`` with these files on its main branch and return the commit."""
        self.repositories[repo] = Repository()
        return self.repositories[repo].commit(files)

    def downloads(self) -> list[str]:
        """Return the paths whose content was fetched so far."""
        return [path for method, path in self.requests if method == "GET"]

    def __enter__(self) -> HubServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            hub.requests.append((self.command, self.path))
            if blob := _BLOB.fullmatch(self.path):
                self._send_blob(blob["sha256"], with_body=with_body)
            elif asked := _FILE.fullmatch(self.path):
                self._send_file(asked["repo"], unquote(asked["revision"]), unquote(asked["name"]), with_body=with_body)
            else:
                self._refuse(404, "RepoNotFound")

        def _send_file(self, repo: str, revision: str, name: str, *, with_body: bool) -> None:
            repository = hub.repositories.get(repo)
            if repository is None or repository.refusal:
                self._refuse(*((repository and repository.refusal) or (401, "RepoNotFound")))
                return
            commit = repository.refs.get(revision, revision)
            if commit not in repository.commits:
                self._refuse(404, "RevisionNotFound")
            elif name not in repository.commits[commit]:
                self._refuse(404, "EntryNotFound", commit)
            else:
                self._send_content(name, repository.commits[commit][name], commit, with_body=with_body)

        def _send_content(self, name: str, content: bytes, commit: str, *, with_body: bool) -> None:
            sha256 = hashlib.sha256(content).hexdigest()
            if not name.endswith(".safetensors"):
                self._send(200, {"ETag": f'"{sha256}"', "X-Repo-Commit": commit}, content, with_body=with_body)
                return
            redirect = {
                "Location": f"{hub.storage_url}/blob/{sha256}",
                "X-Linked-Etag": f'"{sha256}"',
                "X-Linked-Size": str(len(content)),
                "X-Repo-Commit": commit,
            }
            self._send(302, redirect, b"", with_body=with_body)

        def _send_blob(self, sha256: str, *, with_body: bool) -> None:
            for repository in hub.repositories.values():
                for files in repository.commits.values():
                    for content in files.values():
                        if hashlib.sha256(content).hexdigest() == sha256:
                            sent = content[: len(content) // 2] if hub.cut_downloads else content
                            self._send(200, {"ETag": f'"{sha256}"'}, sent, with_body=with_body)
                            return
            self._refuse(404, "EntryNotFound")

        def _refuse(self, status: int, code: str, commit: str | None = None) -> None:
            headers = {"X-Error-Code": code} if code else {}
            self._send(status, headers | ({"X-Repo-Commit": commit} if commit else {}), b"", with_body=False)

        def _send(self, status: int, headers: Mapping[str, str], content: bytes, *, with_body: bool) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output quiet; ``requests`` is the log."""

    return Handler
