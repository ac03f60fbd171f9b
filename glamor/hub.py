"""Files of a Hugging Face Hub repository: one commit of it, from the network or the local cache."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glamor.errors import CheckpointError

_LOG_IN = "log in with `hf auth login` or set HF_TOKEN"
_TOO_MANY_REQUESTS = 429


def fetch(repo: str, revision: str, files: Sequence[str]) -> Path:
    """Return the cached folder of one commit, downloaded if need be.

    Args:
        repo: ``owner/name`` of a model repository.
        revision: branch, tag or commit.
        files: names of files in it; all come from the commit that the first one resolves to.

    Returns:
        The folder that holds the files; its name is the full commit hash.

    Raises:
        CheckpointError: if the files can neither be fetched nor found in the cache.
    """
    import httpx2  # with huggingface_hub half a second to import, needed for Hub sources only
    from huggingface_hub import hf_hub_download

    try:
        cached = not _answers(repo, revision, files[0])
        folder = Path(hf_hub_download(repo, files[0], revision=revision, local_files_only=cached)).parent
        for name in files[1:]:
            hf_hub_download(repo, name, revision=folder.name, local_files_only=cached)
    except (OSError, ValueError, httpx2.HTTPError) as error:
        raise CheckpointError(f"checkpoint {repo}@{revision}: {_explain(error, repo)}.") from error
    return folder


def fetch_if_there(repo: str, commit: str, name: str) -> Path | None:
    """Return the cached path of a file that a repository may lack, downloaded if need be.

    Args:
        repo: ``owner/name`` of a model repository.
        commit: full hash.
        name: of the file.

    Returns:
        None if the commit has no such file, or it is not cached and cannot be fetched.
    """
    import httpx2
    from huggingface_hub import hf_hub_download, try_to_load_from_cache

    if isinstance(cached := try_to_load_from_cache(repo, name, revision=commit), str):
        return Path(cached)
    try:
        return Path(hf_hub_download(repo, name, revision=commit)) if _answers(repo, commit, name) else None
    except (OSError, ValueError, httpx2.HTTPError):
        return None


def _answers(repo: str, revision: str, name: str) -> bool:
    """Ask once, briefly: hf_hub_download by itself would retry a dead network for minutes."""
    import httpx2
    from huggingface_hub import errors, get_hf_file_metadata, hf_hub_url

    try:
        # a captive portal or a wrong HF_ENDPOINT answers too, but names no commit
        return get_hf_file_metadata(hf_hub_url(repo, name, revision=revision)).commit_hash is not None
    except errors.HfHubHTTPError as error:
        if error.response.status_code < 500 and error.response.status_code != _TOO_MANY_REQUESTS:
            raise
        return False
    except (errors.OfflineModeIsEnabled, httpx2.TransportError):
        return False


def _explain(error: Exception, repo: str) -> str:
    from huggingface_hub import errors

    if isinstance(error, errors.HfHubHTTPError):
        return _explain_answer(error, repo)
    if isinstance(error, errors.LocalEntryNotFoundError):
        return (
            "not in the local cache, and the Hub cannot be reached or HF_HUB_OFFLINE is set. Or what answers at "
            "HF_ENDPOINT names no commit, as only the Hub does; connect once to download it, or give a folder"
        )
    return f"the download failed ({' '.join(str(error).split())}); try again, or give a folder"


def _explain_answer(error: Any, repo: str) -> str:
    from huggingface_hub import errors

    status = error.response.status_code
    if isinstance(error, errors.RevisionNotFoundError):
        return "the repository has no such revision; give a branch, a tag or a full commit hash"
    if isinstance(error, errors.EntryNotFoundError):
        return (
            "the repository lacks config.json or model.safetensors; other formats, especially pickles, are never read"
        )
    if isinstance(error, errors.GatedRepoError):
        return f"the repository is gated; ask for access on its page, then {_LOG_IN}"
    if isinstance(error, errors.RepositoryNotFoundError):
        return f"there is no folder and no public repository {repo}; check the name, and if it is private, {_LOG_IN}"
    if status in (401, 403):
        return f"the repository is private or your token may not read it; {_LOG_IN} with a token that may"
    return f"the Hub answered with status {status}; try again later, or give a folder"
