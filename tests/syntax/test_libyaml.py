"""Tests of slyflow.syntax.libyaml: PyYAML's compiled part without the rest at first."""

import subprocess
import sys

from tests.unmeasured import environment

PURE = ("reader", "scanner", "parser", "composer", "constructor", "resolver", "loader", "dumper")


def test_only_the_compiled_part_is_imported() -> None:
    _run(
        "import sys\n"
        "from slyflow.syntax import libyaml\n"
        "assert libyaml.CParser('a: 1').get_event() is not None\n"
        f"loaded = [name for name in {PURE} if 'yaml.' + name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )


def test_its_errors_have_their_places() -> None:
    _run(
        "from slyflow.syntax import libyaml\n"
        "parser = libyaml.CParser('a: [b\\nc: }')\n"
        "try:\n"
        "    while parser.get_event():\n"
        "        pass\n"
        "except libyaml.MarkedYAMLError as error:\n"
        "    assert error.problem_mark.line == 1, error\n"
        "else:\n"
        "    raise SystemExit('nothing was refused')\n"
        "try:\n"
        "    parser = libyaml.CParser('a\\x01')\n"
        "    while parser.get_event():\n"
        "        pass\n"
        "except libyaml.MarkedYAMLError:\n"
        "    raise SystemExit('a character has no mark')\n"
        "except libyaml.YAMLError:\n"
        "    pass\n"
    )


def test_whoever_imports_the_whole_later_has_the_whole() -> None:
    _run(
        "from slyflow.syntax import libyaml\n"
        "import yaml, yaml.scanner\n"
        "assert yaml.safe_load('a: 2001-02-03')['a'].day == 3\n"
        "assert yaml.load('a: [1, 2.5]', yaml.CSafeLoader) == {'a': [1, 2.5]}\n"
        "assert yaml.dump({'a': 1}, Dumper=yaml.CSafeDumper) == 'a: 1\\n'\n"
        "assert yaml.events.AliasEvent is libyaml.AliasEvent\n"
        "for loader in (yaml.SafeLoader, yaml.CSafeLoader):\n"
        "    try:\n"
        "        yaml.load('a: [', loader)\n"
        "    except yaml.MarkedYAMLError as error:\n"
        "        assert error.problem_mark is not None\n"
        "    else:\n"
        "        raise SystemExit('nothing was refused')\n"
    )


def test_the_whole_that_was_imported_before_stays_as_it_is() -> None:
    _run(
        "import yaml\n"
        "parser = yaml.parser.Parser\n"
        "from slyflow.syntax import libyaml\n"
        "assert yaml.parser.Parser is parser\n"
        "assert libyaml.ScalarEvent is yaml.ScalarEvent\n"
    )


def test_a_compiled_part_that_wants_more_gets_all_of_pyyaml() -> None:
    _run(
        "import sys\n"
        "class Wants:\n"
        "    refused = False\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'yaml._yaml' and not self.refused:\n"
        "            self.refused = True\n"
        "            raise AttributeError('this version wants more')\n"
        "wants = Wants()\n"
        "sys.meta_path.insert(0, wants)\n"
        "from slyflow.syntax import libyaml\n"
        "assert wants.refused\n"
        "assert 'yaml.constructor' in sys.modules\n"
        "assert libyaml.CParser('a: 1').get_event() is not None\n"
    )


def _run(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
