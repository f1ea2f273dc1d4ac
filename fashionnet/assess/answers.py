"""A person's answers: a CSV file with a row an answer, written anew and whole at each.

It holds no label, so that looking into it tells nothing, and it may be kept under git: it is work that no run repeats.
"""

from __future__ import annotations

import csv
import io
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
    try:
        # Spreadsheets begin a file with a mark, and end it with empty lines.
        reader = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        lines = [(reader.line_num, row) for row in reader if any(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FormatError(path, None, str(error), "a CSV file in UTF-8") from None
    if not lines or lines[0][1] != COLUMNS:
        raise FormatError(path, 1, quoted(",".join(lines[0][1] if lines else [])), ",".join(COLUMNS))
    for line, row in lines[1:]:
        if len(row) != len(COLUMNS):
            raise FormatError(path, line, f"{len(row)} values", f"{len(COLUMNS)}")
        *key, answer = row
        answer = answer.lower()
        if answer not in ANSWERS:
            raise FormatError(path, line, f"answer {quoted(answer)}", f"one of {', '.join(ANSWERS)}")
        if tuple(key) in rows:
            raise FormatError(path, line, "a second answer to a question", "one")
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
