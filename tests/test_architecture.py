"""Lists of our apps, which must agree, and import contracts, which must name every module."""

import re
import tomllib

import pytest
from django.conf import settings

from tests.conftest import ROOT
from tests.size import product

CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
APPS = {path.parent.name for path in ROOT.glob("*/apps.py")}
LAYERS = next(
    contract["layers"]
    for contract in CONFIG["importlinter"]["contracts"]
    if contract["name"].startswith("Imports run one way")
)
PLACED = [module.strip() for layer in LAYERS for module in layer.split(":")]


def modules() -> list[str]:
    """Return every module of our apps, without scripts in folders that are not packages."""
    files = [file for file in product() if (ROOT / file.parent / "__init__.py").exists()]
    names = [".".join(file.with_suffix("").parts) for file in files]
    return [name for name in names if name.split(".")[0] in APPS and not name.endswith("__init__")]


@pytest.mark.parametrize(
    "named",
    [
        CONFIG["importlinter"]["root_packages"],
        CONFIG["mypy"]["files"],
        CONFIG["slipcover"]["source"],
        [name for name in CONFIG["pytest"]["ini_options"]["testpaths"] if name != "tests"],
        [name for name in settings.INSTALLED_APPS if (ROOT / name / "apps.py").exists()],
        [
            *re.search(r'PYTEST="(.*) tests"', (ROOT / ".ci/run").read_text())[1].split(),
            "multiplier",
        ],
    ],
    ids=["import-linter", "mypy", "coverage", "pytest", "INSTALLED_APPS", ".ci/run"],
)
def test_list_names_every_app(named):
    assert sorted(named) == sorted(APPS)


@pytest.mark.parametrize("module", modules())
def test_module_stands_in_a_layer(module):
    assert [place for place in PLACED if f"{module}.".startswith(f"{place}.")], (
        f"{module} stands in no layer of pyproject.toml"
    )


@pytest.mark.parametrize("place", PLACED)
def test_layer_names_a_module_that_exists(place):
    path = ROOT / place.replace(".", "/")
    assert path.is_dir() or path.with_suffix(".py").exists()
