"""The documentation: every command, option, parameter and public name has its place; links and examples hold."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

import ripeness
from ripeness.cli.app import app
from ripeness.mechanisms.registry import BUILT_IN, registered

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
GROUP = typer.main.get_command(app)
COMMANDS = {
    f"{name} {inner}".strip(): command
    for name, group in GROUP.commands.items()  # type: ignore[attr-defined]
    for inner, command in getattr(group, "commands", {"": group}).items()
}


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """What stands under a heading of second level."""
    _, _, rest = page.partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0]


def options(command: object, off: bool = False) -> set[str]:
    """Names of a command's options, with those that switch one off where asked."""
    return {
        name
        for parameter in command.params  # type: ignore[attr-defined]
        for name in (*parameter.opts, *(parameter.secondary_opts if off else ()))
        if name.startswith("--") and name != "--help"
    }


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_each_of_its_options_is_explained(name):
    said = section(text(ROOT / "docs" / "cli.md"), f"`ripeness {name}`")
    assert said.strip()
    assert {option for option in options(COMMANDS[name]) if option not in said} == set()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_no_option_is_explained_that_does_not_exist(name):
    said = section(text(ROOT / "docs" / "cli.md"), f"`ripeness {name}`")
    first_column = "\n".join(line.split("|")[1] for line in said.splitlines() if line.startswith("| `--"))
    assert set(re.findall(r"--[a-z-]+", first_column)) <= options(COMMANDS[name], off=True)


@pytest.mark.parametrize("name", ripeness.__all__)
def test_every_public_name_is_on_the_page_of_the_api(name):
    assert re.search(rf"^\| `{name}[`(]", text(ROOT / "docs" / "api.md"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_mechanism_has_a_page_that_explains_each_parameter(name):
    page = text(ROOT / "docs" / "mechanisms" / f"{name}.md")
    assert {field for field in registered()[name].model_fields if f"`{field}`" not in page} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if re.match(r"[a-z]+://", target):
            continue
        file, _, anchor = target.partition("#")
        found = (page.parent / file).resolve() if file else page
        assert found.exists(), f"{page.name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", text(found), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_on_a_page_exists_with_the_options_shown(page):
    for block in re.findall(r"```(?:bash|console|sh)\n(.*?)```", text(page), re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words[:1] == ["make"]:
                assert re.search(rf"^{words[1]}:", text(ROOT / "Makefile"), re.MULTILINE), line
            if words[:1] == ["ripeness"]:
                name = next((name for name in (" ".join(words[1:3]), words[1]) if name in COMMANDS), None)
                assert name is not None, line
                given = {word.partition("=")[0] for word in words if word.startswith("--")}
                assert given <= options(COMMANDS[name]) | {"--help", "--debug"}, line


@pytest.mark.usefixtures("without_images")
def test_the_commands_of_the_readme_run_as_they_stand(tmp_path, monkeypatch, capsys):
    """Those of "Your own war", with a short horizon so that the test stays short."""
    from ripeness.cli.app import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    block = re.search(r"```bash\n(ripeness new .*?)```", text(ROOT / "README.md"), re.DOTALL)
    assert block is not None
    for line in block[1].splitlines():
        words = shlex.split(line, comments=True)[1:]
        more = ["--horizon", "3", "--grid", "coarse", "--histories", "10"] if words[0] == "run" else []
        with pytest.raises(SystemExit) as left:
            main([*words, *more])
        assert not left.value.code, capsys.readouterr().err
    assert "mechanisms.support.patron" in capsys.readouterr().out


def test_the_changelog_knows_the_version():
    assert f"## [{ripeness.__version__}]" in text(ROOT / "CHANGELOG.md")


def test_no_page_or_source_names_a_path_of_a_machine():
    own = Path(__file__).resolve()
    for path in [
        *PAGES,
        *(ROOT / "src").rglob("*.py"),
        *(ROOT / "src").rglob("*.yaml"),
        *(ROOT / "tests").rglob("*.py"),
    ]:
        if path != own:
            assert not re.search(r"(?<![\w.])/(home|root|work|Users)/", text(path)), path
