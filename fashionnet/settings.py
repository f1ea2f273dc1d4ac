"""params.yaml as checked objects: an unknown name, a wrong type or a value out of range is an error that names it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from fashionnet.project import project_root

Positive = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
# A name is a folder's, and "-seed3" is put behind it. What prepares the data is the same for all experiments.
ExperimentName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Changed = Literal["seed", "network", "training"]
Storage = Literal["raw", "jpeg"]


_PREAMBLE = re.compile("^(input should be|value error, expected|string should match) ")


class SettingsError(ValueError):
    """params.yaml holds something that the study does not know or cannot use."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Prepare(Section):
    """How raw photos become crops. The paper says nothing of margins or of what a broken photo does: ours."""

    image_size: Annotated[int, Field(ge=32)]  # side of a crop in pixels
    margin: Annotated[float, Field(ge=0, le=1)]  # added on each side of the box, as a share of its longer side
    annotations: Literal["coarse", "fine"] = "coarse"  # of category_attribute; fine: Anno_fine's 20,000 photos alone
    max_unreadable: Share  # more unreadable photos than this share of all stop the run
    leaks: Literal["left_out", "kept"] = "left_out"  # training photos that stand in a benchmark's test split
    storage: Storage = "raw"  # crops as pixels, or each as a JPEG: smaller, decoded whenever it is read


class Network(Section):
    system: Literal["fashionnet", "darn", "wtbi"]
    image_size: Annotated[int, Field(ge=32)]  # side of its picture, to which crops are shrunk; 224 in the paper
    width: Annotated[float, Field(gt=0, le=1)]  # 1 gives the paper's layer sizes
    batch_norm: bool
    window: Annotated[float, Field(gt=0, le=1)]  # side of a landmark's pooling window, as a share of the conv4 map's
    bins: Positive  # a window is max-pooled to bins x bins
    dropout: Annotated[float, Field(ge=0, lt=1)]
    local: Literal["landmarks", "joints", "random", "annotated", "none"]  # where FashionNet's local branch pools
    gate: bool  # whether the estimated visibility of a landmark gates what is pooled there
    weights: str | None  # "imagenet", a file of torchvision's VGG-16 weights, or null for none


class LossWeights(Section):
    landmarks: Weight
    visibility: Weight
    category: Weight
    attributes: Weight
    pairs: Weight  # the triplet loss, or WTBI's match of two photos


class Step(Section):
    """One of the two alternating steps of section 3 of the paper (pose first, then recognition)."""

    name: Literal["pose", "recognition"]
    epochs: Positive
    image_size: Annotated[int, Field(ge=32)] | None = None  # smaller than the network's: more photos a minute (ours)
    weights: LossWeights


class Training(Section):
    device: Literal["auto", "cpu", "cuda"]
    threads: Positive  # part of the result: sums are taken in another order with another number of threads
    processes: Positive  # that train one network together on this machine; with GPUs, each has its own
    precision: Literal["auto", "float32", "bfloat16"]  # of the layers; auto: bfloat16 on CUDA, float32 on the CPU
    channels_last: bool  # how pictures and maps lie in memory: a pixel's channels side by side, or a channel's pixels
    workers: (
        Literal["auto"] | Annotated[int, Field(ge=0)]
    )  # threads that read batches ahead; auto: 4 on CUDA, else none
    batch_size: Annotated[int, Field(ge=8)]  # of all processes together
    accumulate: Positive  # parts of a batch that go through the network one after the other: less memory, one gradient
    muon_rate: Annotated[float, Field(gt=0)]  # largest learning rate of Muon, which trains the hidden layers' weights
    learning_rate: Annotated[float, Field(gt=0)]  # largest of AdamW, which trains all else
    weight_decay: Weight  # of layers' weights; norms and biases have none
    warm_up: Annotated[float, Field(ge=0, lt=1)]  # share of the steps in which the rates rise; then a cosine to zero
    clip: Annotated[float, Field(gt=0)]  # largest length of the gradient
    margin: Annotated[float, Field(gt=0)]  # of the triplet loss, between unit features
    attributes: Share  # of the attributes that are trained; the others' labels are not looked at
    attributes_by: Literal["frequency", "random"]  # which: the commonest, or some drawn at random
    landmarks: Literal["all", "jointed"]  # trained on all photos that have them, or on those with joints alone
    pairs: Literal["all", "in_shop", "none"]  # the benchmarks' pairs that the loss of pairs learns from
    checkpoint_share: Annotated[
        float, Field(gt=0, le=1)
    ]  # of the time, that writing checkpoints may take; 1: each step
    at_once: bool  # every epoch with the last step's weights, in place of the two steps
    schedule: Annotated[list[Step], Field(min_length=1)]


class Settings(Section):
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    prepare: Prepare
    network: Network
    training: Training
    experiments: dict[ExperimentName, dict[Changed, Any]]  # a name, and what it changes from the sections above
    trained: Annotated[list[str], Field(min_length=1)]  # the experiments that the pipeline runs, each once
    seeds: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]  # of the claims' further trainings

    @field_validator("trained", "seeds")
    @classmethod
    def _once_each(cls, values: list[Any]) -> list[Any]:
        if len(set(values)) < len(values):
            raise ValueError("expected each once")
        return values

    @model_validator(mode="after")
    def _each_process_has_photos(self) -> Settings:
        training = self.training
        least = 2 * training.processes * training.accumulate  # batch norm needs company
        if training.batch_size < least:
            raise ValueError(
                f"training.batch_size: found {training.batch_size}, expected at least {least}: two photos for each of "
                f"{training.accumulate} parts (training.accumulate) in each of {training.processes} processes"
            )
        return self

    @model_validator(mode="after")
    def _pictures_fit_the_network(self) -> Settings:
        crop, full = self.prepare.image_size, self.network.image_size
        if full > crop:
            raise ValueError(f"network.image_size: found {full}, expected at most {crop}, which is prepare.image_size")
        smallest = 16 * -(-full // 32)  # conv5's map is still as large as the grid that the last pooling makes of it
        for number, step in enumerate(self.training.schedule):
            if step.image_size and not smallest <= step.image_size <= full:
                raise ValueError(
                    f"training.schedule.{number}.image_size: found {step.image_size}, "
                    f"expected {smallest} to {full}, which is network.image_size"
                )
        return self

    def experiment(self, name: str) -> Settings:
        """The settings of experiment `name`; `NAME-seed3` is NAME with seed 3.

        Raises SettingsError for a name that params.yaml does not hold or a change that does not fit.
        """
        base, marked, seed = name.partition("-seed")
        if base not in self.experiments or (marked and not seed.isdecimal()):
            known = ", ".join(sorted(self.experiments))
            raise SettingsError(f"params.yaml: found no experiment {name!r}, expected one of {known}")
        changes = dict(self.experiments[base])
        if marked:
            changes["seed"] = int(seed)
        return _checked(merge(self.model_dump(), changes), f"params.yaml, experiment {name}")


def merge(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`values` with `changes` laid over it, section by section; lists are replaced whole."""
    merged = dict(values)
    for key, change in changes.items():
        inner = isinstance(change, dict) and isinstance(merged.get(key), dict)
        merged[key] = merge(merged[key], change) if inner else change
    return merged


def _checked(values: dict[str, Any], where: str) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(f"{where}: " + "; ".join(map(_line, error.errors()))) from None


def _line(error: ErrorDetails) -> str:
    if not error["loc"]:  # of several parameters together: its message names them
        return str(error["ctx"]["error"])
    if error["type"] == "missing":  # its input is the whole section
        return f"{'.'.join(map(str, error['loc']))}: found nothing, expected a value"
    if error["type"] == "extra_forbidden":
        *above, name = map(str, error["loc"])
        known = _names(above)
        near = get_close_matches(name, known, n=1)
        expected = f"{'.'.join([*above, near[0]])}, perhaps" if near else f"one of {', '.join(known)}"
        return f"{'.'.join([*above, name])}: found no such parameter, expected {expected}"
    found, expected = error["input"], _PREAMBLE.sub("", error["msg"].lower())
    comparison = "a value " if expected.startswith(("greater", "less")) else ""
    return f"{'.'.join(map(str, error['loc']))}: found {found!r}, expected {comparison}{expected}"


def _names(above: list[str]) -> list[str]:
    """The parameters of the section at a path of names and of places in lists."""
    section: type[BaseModel] = Settings
    for name in above:
        if not name.isdecimal():
            kinds = [section.model_fields[name].annotation, *get_args(section.model_fields[name].annotation)]
            section = next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))
    return list(section.model_fields)


def sections(text: str, yaml: YAML | None = None) -> dict[str, Any]:
    """What the text of a params.yaml holds, unchecked, loaded by `yaml` (by default into plain objects).

    Raises SettingsError for what is no YAML or has no sections.
    """
    try:
        values = (yaml or YAML(typ="safe")).load(text)
    except YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        problem = getattr(error, "problem", None)
        why = f" ({problem})" if problem else ""
        raise SettingsError(f"params.yaml{line}: found no YAML{why}, expected sections") from None
    if not isinstance(values, dict):
        raise SettingsError(f"params.yaml: found {type(values).__name__}, expected sections")
    return values


def load_settings(text: str | None = None) -> Settings:
    """Check the text of a params.yaml (by default the project's own). Raises SettingsError."""
    if text is None:
        text = (project_root() / "params.yaml").read_text(encoding="utf-8")
    settings = _checked(sections(text), "params.yaml")
    for name in {*settings.experiments, *settings.trained}:
        settings.experiment(name)
    return settings
