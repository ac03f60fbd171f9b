"""The program that decodes strangers' photos: ``python -m glamor.decode_worker MEBIBYTES SECONDS NICE``.

It says READY on the standard output. A request is then the length of a file and the file, on the standard input; an
answer the size of a photo and its pixels, or the sentence that refuses it. It ends when its input does, that is, with
whoever started it.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
from contextlib import suppress
from typing import IO

import PIL.AvifImagePlugin
import PIL.BmpImagePlugin
import PIL.GifImagePlugin
import PIL.JpegImagePlugin
import PIL.PngImagePlugin
import PIL.TiffImagePlugin
import PIL.WebPImagePlugin  # noqa: F401 (each would be imported while the first photo of its kind waits)

from glamor.errors import PhotoError
from glamor.photo import Photo, load_photo, register_heif

READY = b"!"
REQUEST = struct.Struct("<Q")  # bytes of the file that follows
ANSWER = struct.Struct("<??II")  # whether pixels follow; whether this process ends; rows and columns, or 0 and bytes
LONGEST_SENTENCE = 2000  # bytes
GROWN = 256 * 2**20  # bytes: a process that once needed more ends, so that it does not hold them for ever


def serve(mebibytes: int, seconds: float, nice: int) -> None:
    """Decode photos until the input ends.

    Args:
        mebibytes: of memory that may be used; asking for more fails.
        seconds: that one photo may take if nobody is there any more to end this process before.
        nice: how far to step back behind other processes.
    """
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a decoder's library might print is no answer
    register_heif()
    _confine(mebibytes, nice)
    answers.write(READY)
    answers.flush()
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        _limit_time(seconds)
        photo, words = _decoded(requests.read(*REQUEST.unpack(head)), mebibytes)
        ends = _has_grown()
        if photo is None:
            answers.write(ANSWER.pack(False, ends, 0, len(words)) + words)
        else:
            answers.write(ANSWER.pack(True, ends, *photo.shape[:2]))
            answers.write(photo.data)
        answers.flush()
        _limit_time(0)
        del photo
        if ends:
            return


def _decoded(data: bytes, mebibytes: int) -> tuple[Photo | None, bytes]:
    try:
        return load_photo(data), b""
    except PhotoError as error:
        words = str(error)
        if isinstance(error.__cause__, MemoryError):
            words = f"The photo needs more than {mebibytes:,} MiB of memory to be decoded; save it smaller."
        return None, words.encode()[:LONGEST_SENTENCE]


def _confine(mebibytes: int, nice: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of whoever started this
    if sys.platform != "win32":
        os.nice(nice)
    if sys.platform == "linux":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = mebibytes * 2**20
        allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a photo must not stay on the disk
        # If the machine runs out of memory, this goes first; not every container lets it say so.
        with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")


def _limit_time(seconds: float) -> None:
    """Have the system end this process in so many seconds, whatever library it is in then; 0: never."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _has_grown() -> bool:
    """Tell whether this program has ever been large; getrusage would tell how large its parent was, too."""
    if sys.platform != "linux":
        return False
    with open("/proc/self/status") as status:
        return any(line.startswith("VmHWM") and 1024 * int(line.split()[1]) > GROWN for line in status)


def read_exactly(stream: IO[bytes], count: int) -> bytes:
    """Return so many bytes.

    Raises:
        EOFError: if the stream ends before.
    """
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
