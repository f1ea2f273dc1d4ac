"""The real dvc.yaml on what somebody with photos in folders has: categories, and nothing else."""

import json
import shutil
from pathlib import Path

from commands import dvc

from fashionnet.quick import make_copy

ROOT = Path(__file__).parent.parent


def test_categories_alone_without_boxes_are_enough(tmp_path, tiny_sample):
    """Everything else is left out, said, and no stage fails."""
    name = "Category and Attribute Prediction Benchmark"
    project = tmp_path / "project"
    make_copy(ROOT, project)
    shutil.copytree(tiny_sample / name / "Img", project / "data" / name / "Img")
    for kept in ("Anno_coarse/list_category_cloth.txt", "Anno_coarse/list_category_img.txt",
                 "Eval/list_eval_partition.txt"):  # fmt: skip
        (project / "data" / name / kept).parent.mkdir(exist_ok=True)
        shutil.copyfile(tiny_sample / name / kept, project / "data" / name / kept)
    dvc(project, "repro")
    metrics = {path.stem: json.loads(path.read_text()) for path in project.glob("reports/metrics/*.json")}
    assert metrics["category_attribute"]["fashionnet"]["category_top3"]["n"] > 0
    assert not any(key.startswith("attributes") for key in metrics["category_attribute"]["fashionnet"])
    assert metrics["landmarks"] == metrics["in_shop"] == metrics["consumer_to_shop"] == {}
    page = (project / "reports/pages/09_in_shop.html").read_text()
    assert "In-shop Clothes Retrieval Benchmark" in page
