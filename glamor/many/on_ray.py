"""The same pipeline as stages of Ray Data, on one machine or many: read -> detect -> predict -> rows.

Scheduling, retries and back-pressure are Ray's. The rows come back to one writer, the same as without Ray: so a run
that was interrupted, or began without Ray, goes on, and no row is written twice. Every machine must see the photos
under the same paths, and have this package installed; the weights travel from here.
"""

from __future__ import annotations

import logging
import os
import pickle
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from glamor.errors import DataError, GlamorError
from glamor.many.detect import Found, detect
from glamor.many.items import Item

if TYPE_CHECKING:
    from glamor.checkpoint import Checkpoint
    from glamor.config import ModelConfig
    from glamor.many.rows import Row

CHUNK = 50_000  # names of photos that are handed to Ray at once, about 10 MB
BLOCK = 32  # photos in what one task works on: what is done again when a worker dies
# Shares of a core: on any machine with one, there is room for a reader, a detector and the network.
READ_CPU, DETECT_CPU, PREDICT_CPU = 0.05, 0.75, 0.15
ANSWER_SECONDS = 10
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else every start warns of a change to come
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # else Ray Data's own actors are reported as faulty
}


def analyse_on_ray(
    items: Iterable[Item], checkpoint: Checkpoint, *, address: str | None = None, batch: int, small_faces: bool = False
) -> Iterator[tuple[Row, ...]]:
    """Analyse photos on a Ray cluster.

    Args:
        items: the photos, taken lazily.
        checkpoint: the network.
        address: of the cluster; None: one is started on this machine, and ended afterwards.
        batch: photos whose faces go through the network together.
        small_faces: whether large photos are searched in tiles as well.

    Yields:
        The rows of one photo, in any order.

    Raises:
        DataError: if Ray is not installed, the cluster does not answer, or a stage cannot be run.
    """
    if address is not None:
        _check_address(address)
    ray = _import_ray()
    connected = ray.is_initialized()
    try:
        if not connected:
            _connect(ray, address)
        weights = ray.put(replace(checkpoint, model=checkpoint.model.cpu()))
        waiting = iter(items)
        while chunk := list(islice(waiting, CHUNK)):
            yield from _chunk(ray, chunk, checkpoint.config, weights, batch, small_faces)
    except (ray.exceptions.RayError, ConnectionError) as error:
        reason = " ".join(str(error).split())[:300]
        raise DataError(f"Ray could not continue ({reason}); what is done has been kept, so start it again.") from error
    finally:
        if not connected:
            ray.shutdown()


def read(table: pa.Table) -> pa.Table:
    """Read photos: a stage of tasks. One that cannot be read carries its reason on."""
    return _packed([_read(item) for item in _unpacked(table)])


class Detect:
    """Find and prepare faces: a stage of actors, each with its detector loaded."""

    def __init__(self, config: ModelConfig, small_faces: bool = False) -> None:
        self._config, self._small_faces = config, small_faces

    def __call__(self, table: pa.Table) -> pa.Table:
        return _packed([detect(item, self._config, self._small_faces) for item in _unpacked(table)])


class Predict:
    """Run the network: a stage of actors, each with the weights loaded once, on a GPU where there is one."""

    def __init__(self, weights: Sequence[Any]) -> None:
        import ray

        from glamor.device import choose_device  # torch only where the network runs
        from glamor.predictor import Predictor

        checkpoint: Checkpoint = ray.get(weights[0])
        device = choose_device()
        self._predictor = Predictor(replace(checkpoint, model=checkpoint.model.to(device), device=device))

    def __call__(self, table: pa.Table) -> pa.Table:
        from glamor.many.run import Clock, answered

        found: list[Found] = _unpacked(table)
        sha256 = self._predictor.checkpoint.sha256
        return _packed(answered(found, self._predictor.predict_prepared, sha256, Clock()))


def _chunk(
    ray: ModuleType, items: Sequence[Item], config: ModelConfig, weights: Any, batch: int, small_faces: bool
) -> Iterator[tuple[Row, ...]]:
    resources = ray.cluster_resources()
    cores, gpus = max(1, int(resources.get("CPU", 1))), int(resources.get("GPU", 0))
    network: dict[str, Any] = {"num_gpus": 1, "concurrency": (1, gpus)} if gpus else {"concurrency": (1, cores)}
    stages = (
        ray.data.from_items([{"packed": pickle.dumps(item)} for item in items], override_num_blocks=_blocks(items))
        .map_batches(read, batch_format="pyarrow", num_cpus=READ_CPU)
        .map_batches(
            Detect,
            fn_constructor_args=(config, small_faces),
            batch_format="pyarrow",
            batch_size=BLOCK,
            num_cpus=DETECT_CPU,
            concurrency=(1, cores),
        )
        .map_batches(
            Predict,
            fn_constructor_args=([weights],),  # in a list, so that each actor fetches them itself
            batch_format="pyarrow",
            batch_size=batch,
            num_cpus=PREDICT_CPU,
            **network,
        )
    )
    for table in stages.iter_batches(batch_size=None, batch_format="pyarrow"):
        yield from _unpacked(table)


def _read(item: Item) -> Item:
    try:
        return replace(item, data=item.read())
    except GlamorError as error:
        return replace(item, problem=str(error))


def _blocks(items: Sequence[Item]) -> int:
    return -(-len(items) // BLOCK)


def _packed(values: Sequence[Any]) -> pa.Table:
    """Return values as a column of bytes: between stages they are nobody's business but ours."""
    return pa.table({"packed": pa.array([pickle.dumps(value) for value in values], pa.large_binary())})


def _unpacked(table: pa.Table) -> list[Any]:
    return [pickle.loads(packed) for packed in table.column("packed").to_pylist()]


def _import_ray() -> ModuleType:
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise DataError("--ray needs Ray, which is not installed; run: pip install -r requirements-ray.txt.") from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    return ray


def _connect(ray: ModuleType, address: str | None) -> None:
    settings: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if address is None:
        # "local" starts one even if RAY_ADDRESS names another; the dashboard would open a port
        settings |= {"address": "local", "include_dashboard": False}
    else:
        settings["address"] = address
    ray.init(**settings)


def _check_address(address: str) -> None:
    """Refuse a cluster that does not answer; Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return  # "auto" and the like, which Ray looks up
    try:
        socket.create_connection((host, int(port)), ANSWER_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise DataError(f"no Ray cluster answers at {address} ({error}); start one, or check the address.") from error
