"""The shell: ``python -m glamor COMMAND``. Exit status 0, or 2 with a line on stderr for everything that is wrong."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from glamor.errors import ExplainError, FaceError, GlamorError
from glamor.printed import as_json, as_text, print_anything, shown

if TYPE_CHECKING:
    from glamor.explain.in_words import InWords
    from glamor.photo import BoxXyxy, Photo
    from glamor.predictor import Prediction, Predictor

FAILED = 2  # exit status
TURNS = (90, 180, 270)
# Commands whose modules define their own arguments: the module within ``glamor``, and what the command is for.
DELEGATED = {
    "analyse": ("analyse", "analyse folders, archives or data sets of photos, one row per face"),
    "summarise": ("summarise", "summarise on one self-contained page what analyse found"),
    "audit": ("evaluation.audit", "check over many photos which explanations can be trusted"),
    "evaluate": ("evaluation.evaluate", "score a checkpoint on a labelled set of photos"),
    "export": ("export", "write a checkpoint as a folder ready for the Hugging Face Hub"),
    "train": ("training.train", "train on faces, then on scenes"),
}


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the command and its arguments; None takes those of the process.

    Returns:
        The exit status: 0, or 2 after one line on stderr.

    Raises:
        SystemExit: after ``--help`` (0) or arguments that make no sense (2).
    """
    words = sys.argv[1:] if argv is None else list(argv)
    print_anything()
    try:
        arguments = _parser(words[:1]).parse_args(words)
        status: int | None = arguments.run(arguments)
    except (GlamorError, OSError) as error:
        _complain(error)
        return FAILED
    return status or 0


def _complain(error: Exception, about: str = "") -> None:
    """Say in one line what is wrong, and where."""
    print("glamor:", *filter(None, [about]), *str(error).split(), file=sys.stderr)


def _parser(command: Sequence[str]) -> Parser:
    parser = Parser(prog="python -m glamor", description="What GLAMOR-Net makes of a face and its scene.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_predict(commands.add_parser("predict", help="name the expression of every face in photos"))
    _add_explain(commands.add_parser("explain", help="write a report on what moved one prediction"))
    for name, (path, purpose) in DELEGATED.items():
        delegated = commands.add_parser(name, help=purpose)
        if name in command:  # these modules import torch, so only the one that was asked for is loaded
            module = import_module(f"glamor.{path}")
            module.add_arguments(delegated)
            delegated.set_defaults(run=module.run)
    _add_convert(commands.add_parser("convert", help="convert the authors' TensorFlow checkpoint into this format"))
    return parser


def _add_predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="a picture file")
    parser.add_argument("--json", action="store_true", help="print one JSON object per photo, one per line, unrounded")
    _add_shared(parser)
    parser.set_defaults(run=_predict)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    """Define the shell arguments of ``explain``."""
    parser.add_argument("photo", metavar="PHOTO", help="a picture file")
    parser.add_argument(
        "--method",
        help="gradcam, ig (or integrated_gradients), occlusion... (default: what an audit of the weights found best)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--target", metavar="CLASS", help="class to explain, by name (default: the predicted one)")
    parser.add_argument(
        "--face", type=int, metavar="N", help="which face, counted from 1, left to right (default: the largest)"
    )
    parser.add_argument(
        "--parts",
        action="store_true",
        help="also work out what each part of the face and the scene add: brows, eyes, nose, mouth...",
    )
    parser.add_argument(
        "--part",
        action="append",
        type=_part,
        metavar="NAME=X1,Y1,X2,Y2",
        help="a part of your own instead of these, in photo pixels within the face's box; may be given several times",
    )
    parser.add_argument(
        "--missing",
        default="blurred",
        metavar="HOW",
        help="what is shown of a part that is taken away: blurred (the default), surroundings or mean (colour)",
    )
    parser.add_argument(
        "--flips",
        action="store_true",
        help="also look for the smallest changes that would turn the label: of parts, cells, weight and clearness",
    )
    parser.add_argument(
        "--blur-others",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="make all other detected faces unrecognisable in everything that is written (default: yes)",
    )
    _add_shared(parser)
    parser.set_defaults(run=_explain)


def _add_shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--box",
        type=_box,
        metavar="X1,Y1,X2,Y2",
        help="the face in photo pixels, used as it is; no faces are detected (write --box=-5,... if it starts below 0)",
    )
    parser.add_argument(
        "--checkpoint",
        metavar="SOURCE",
        help="folder, owner/name or owner/name@revision on the Hugging Face Hub (default: GLAMOR_CHECKPOINT, or else "
        "the embedded weights)",
    )
    parser.add_argument(
        "--small-faces",
        action="store_true",
        help="search large photos in tiles as well, for faces of 1.5 %% of the longer side on; takes a second or two",
    )
    turned = "turn the photo clockwise by so many degrees first: labels of faces that are not upright mean little"
    parser.add_argument("--turn", type=int, choices=TURNS, help=turned)


def _add_convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="the checkpoint without its .index ending, for example x/Model")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.set_defaults(run=_convert)


def _box(text: str) -> BoxXyxy:
    try:
        x1, y1, x2, y2 = map(float, text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a box; give four numbers, x1,y1,x2,y2") from None
    return x1, y1, x2, y2


def _part(text: str) -> tuple[str, BoxXyxy]:
    name, separator, box = text.rpartition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not a part; give its name and box, name=x1,y1,x2,y2")
    return name, _box(box)


def _predict(arguments: argparse.Namespace) -> int:
    """Answer every photo that can be answered; return the exit status."""
    from glamor.decoding import patient_decoder

    predictor, decode, status = _predictor(arguments), patient_decoder().decode, 0
    for path in arguments.photos:
        try:
            predictions = _predictions(predictor, _turned(decode(path), arguments), path, arguments)
            answer = as_json(path, predictions) if arguments.json else as_text(path, predictions)
        except (GlamorError, OSError) as error:
            _complain(error, f"{shown(path)}:")
            status = FAILED
        else:
            print(answer, flush=True)
    return status


def _explain(arguments: argparse.Namespace) -> None:
    from glamor.decoding import patient_decoder
    from glamor.evaluation.card import read_verdicts
    from glamor.explain import explain, find_method
    from glamor.report import write_report

    method = find_method(arguments.method).key if arguments.method else None
    predictor = _predictor(arguments)
    method = method or read_verdicts(predictor.checkpoint).default
    photo = _turned(patient_decoder().decode(arguments.photo), arguments)
    predictions = _predictions(predictor, photo, arguments.photo, arguments)
    selected = _select(predictions, arguments.face)
    target = _target(predictor.config.class_names, arguments.target)
    with predictor.lock:
        explanation = explain(predictor.model, predictions[selected].prepared, method, target)
        said = _in_words(predictor, predictions[selected], explanation.target, arguments)
    told = {"blur_others": arguments.blur_others, "parts": said.parts, "flips": said.flips}
    manifest = write_report(arguments.out, photo, predictions, selected, explanation, **told)
    print(as_text(arguments.photo, predictions))
    print(*said.sentences, sep="\n", end="\n" * bool(said.sentences))
    print(f"face {selected + 1}, {explanation.target_name}, {explanation.method}: {manifest}")


def _in_words(predictor: Predictor, prediction: Prediction, target: int, arguments: argparse.Namespace) -> InWords:
    """Return what is asked of the parts."""
    from glamor.explain.in_words import explain_in_words

    own = dict(arguments.part or [])
    if len(own) < len(arguments.part or []):
        raise ExplainError("--part gives two parts the same name; give each one its own.")
    asked = {"parts": arguments.parts, "flips": arguments.flips, "missing": arguments.missing}
    return explain_in_words(predictor.model, prediction, target, regions=own or None, **asked)


def _convert(arguments: argparse.Namespace) -> None:
    from glamor.convert import convert_checkpoint

    convert_checkpoint(arguments.path, arguments.out)


def _predictor(arguments: argparse.Namespace) -> Predictor:
    from glamor.predictor import Predictor

    return Predictor(arguments.checkpoint)


def _turned(photo: Photo, arguments: argparse.Namespace) -> Photo:
    from glamor.turned import turn_photo

    return turn_photo(photo, arguments.turn) if arguments.turn else photo


def _predictions(
    predictor: Predictor, photo: Photo, path: str, arguments: argparse.Namespace
) -> tuple[Prediction, ...]:
    """Return the answers for a photo; what makes them doubtful is said on stderr, and how long small faces took."""
    from glamor.remarks import NO_FACE_UNTIL_TURNED, pose_remark, unlike_remark
    from glamor.turned import turn_that_shows_faces

    boxes, start = _boxes(arguments), time.perf_counter()
    predictions = predictor.predict(photo, boxes, arguments.small_faces)
    seconds, about = time.perf_counter() - start, f"{shown(path)}:"
    if arguments.small_faces and boxes is None:
        _note(f"{about} searched for small faces too, in {seconds:.1f} s.")
    for number, prediction in enumerate(predictions, start=1):
        unlike = unlike_remark(prediction.familiarity, prediction.prepared.geometry)
        for remark in filter(None, (pose_remark(prediction.pose), unlike)):
            _note(f"{about} face {number}: {remark}")
    if not predictions and (turn := turn_that_shows_faces(photo, predictor.detector())):
        _note(f"{about} {NO_FACE_UNTIL_TURNED.format(turn=turn)} Try --turn {turn}.")
    return predictions


def _note(sentence: str) -> None:
    print("glamor:", sentence, file=sys.stderr, flush=True)


def _boxes(arguments: argparse.Namespace) -> list[BoxXyxy] | None:
    return None if arguments.box is None else [arguments.box]


def _select(predictions: Sequence[Prediction], number: int | None) -> int:
    from glamor.faces import largest

    if not predictions:
        raise FaceError("no face was found in the photo; say where the face is with --box x1,y1,x2,y2.")
    if number is None:
        return largest([prediction.face_box_xyxy for prediction in predictions])
    if not 1 <= number <= len(predictions):
        raise FaceError(f"--face is {number}; give 1 to {len(predictions)}, the faces of the photo from left to right.")
    return number - 1


def _target(class_names: Sequence[str], name: str | None) -> int | None:
    if name is None:
        return None
    lowered = [known.lower() for known in class_names]
    if name.lower() not in lowered:
        raise ExplainError(f"--target is {name!r}; give one of {', '.join(class_names)}.")
    return lowered.index(name.lower())


if __name__ == "__main__":
    sys.exit(main())
