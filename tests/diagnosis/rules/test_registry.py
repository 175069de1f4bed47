"""Every rule is asked once, and its module says of which findings."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import pytest

import flakecore.diagnosis.rules
from flakecore.diagnosis.rules.registry import RULES, rule_ids
from flakecore.diagnosis.rules.rule import Rule


def _rule_modules() -> dict[str, ModuleType]:
    folder = flakecore.diagnosis.rules
    found = pkgutil.walk_packages(folder.__path__, f"{folder.__name__}.")
    modules = (importlib.import_module(each.name) for each in found if not each.ispkg)
    return {
        module.__name__.removeprefix(f"{folder.__name__}."): module
        for module in modules
        if any(isinstance(value, Rule) for value in vars(module).values())
    }


MODULES = _rule_modules()


def test_every_rule_of_a_module_is_in_the_registry_once() -> None:
    held = [
        value
        for module in MODULES.values()
        for value in vars(module).values()
        if isinstance(value, Rule)
    ]
    assert sorted(rule.id for rule in RULES) == sorted(rule.id for rule in held)
    assert rule_ids() == {name for rule in RULES for name in rule.finding_ids}


@pytest.mark.parametrize("name", MODULES)
def test_a_rule_says_of_which_findings_it_speaks(name: str) -> None:
    text = MODULES[name].__doc__ or ""
    assert text.split("``")[1] in rule_ids()
