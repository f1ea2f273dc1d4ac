"""A person's answers: a CSV file with a row an answer, written anew and whole at each.

It holds no label, so that looking into it tells nothing, and it may be kept under git: it is work that no run repeats.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from fashionnet.files import replacing
from fashionnet.formats.errors import FormatError, quoted

ANSWERS = {"y": "yes", "n": "no", "s": "skipped"}
# An answer belongs to a photo's bytes: data sets have names of photos in common.
KEY = ["benchmark", "image_name", "photo", "attribute"]
COLUMNS = [*KEY, "answer"]


def read_answers(path: Path) -> pd.DataFrame:
    """COLUMNS, all text; `answer` is a key of ANSWERS. Empty without a file. Raises FormatError for what is none."""
    path = Path(path)
    if not path.exists():
        return pd.DataFrame(columns=COLUMNS, dtype="str")
    rows: dict[tuple[str, ...], str] = {}
    with open(path, encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle)
        if (head := next(reader, [])) != COLUMNS:
            raise FormatError(path, 1, quoted(",".join(head)), ",".join(COLUMNS))
        for row in reader:
            if len(row) != len(COLUMNS):
                raise FormatError(path, reader.line_num, f"{len(row)} values", f"{len(COLUMNS)}")
            *key, answer = row
            if answer not in ANSWERS:
                raise FormatError(path, reader.line_num, f"answer {quoted(answer)}", f"one of {', '.join(ANSWERS)}")
            if tuple(key) in rows:
                raise FormatError(path, reader.line_num, "a second answer to a question", "one")
            rows[tuple(key)] = answer
    return pd.DataFrame([(*key, answer) for key, answer in rows.items()], columns=COLUMNS, dtype="str")


def record(path: Path, question: pd.Series, answer: str) -> None:
    """Write an answer into the file, in place of an earlier one to the same question.

    question: a row of the questions, with the columns of KEY. answer: a key of ANSWERS. The file is read first, so that
    nothing that stands in it is lost, and replaced when the new one is whole and on the disk.
    """
    answers = read_answers(path)
    asked = [str(question[name]) for name in KEY]
    others = answers[(answers[KEY] != asked).any(axis=1)]
    added = pd.DataFrame([[*asked, answer]], columns=COLUMNS, dtype="str")
    with replacing(path) as temporary:
        pd.concat([others, added]).to_csv(temporary, index=False, lineterminator="\n")


def answered(questions: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """The questions in their order, with the `answer` to each, "" where there is none.

    Answers to questions that were not drawn, of another seed or other data, stay out: they are not of this sample.
    """
    joined = questions.merge(answers, on=KEY, how="left", validate="many_to_one")
    return joined.assign(answer=joined["answer"].fillna(""))
