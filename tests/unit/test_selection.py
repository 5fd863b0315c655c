"""Which files a request leads to, and why."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence

import pytest

from worker.selection import MAX_FILES, select
from worker.selection.clues import read_clues
from worker.selection.definitions import defined_in
from worker.selection.kinds import likelihood
from worker.selection.names import NameIndex, is_noise, is_test, subject_of

FILLER = "x = 1\n" * 4_000  # 6,000 tokens: no repository that holds it is tiny


class Files:
    """A repository as a dict; counts how often it was searched."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.contents = dict(files)
        self.searches = 0
        self.listings = 0
        self.readings = 0

    def files(self) -> Sequence[str]:
        self.listings += 1
        return tuple(self.contents)

    def read(self, path: str, limit: int = 200_000) -> str | None:
        self.readings += 1
        text = self.contents[path]
        return None if "\0" in text else text[:limit]

    def count_words(self, words: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        self.searches += 1
        return {word: self._lines(word) for word in words}

    def _lines(self, word: str) -> dict[str, int]:
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        counts = {path: sum(map(bool, map(pattern.search, text.splitlines()))) for path, text in self.contents.items()}
        return {path: count for path, count in counts.items() if count}


SHOP = Files(
    {
        "src/shop/cart.py": "class ShoppingCart:\n    def add_item(self, item):\n        check_stock(item)\n",
        "src/shop/stock.py": "def check_stock(item):\n    raise OutOfStock('there is nothing left of it')\n",
        "src/shop/errors.py": "class OutOfStock(Exception):\n    pass\n",
        "src/shop/config_loader.py": "def load(path):\n    return parse(path)\n",
        "src/admin/views.py": "from shop.cart import ShoppingCart\n\ncart = ShoppingCart()\ncart.add_item(1)\n",
        "tests/test_cart.py": "from shop.cart import ShoppingCart\n\ndef test_add():\n    ShoppingCart().add_item(1)\n",
        "web/cart.test.ts": "import { total } from './cart'\n",
        "web/cart.ts": "export const total = (items: number[]) => items.length\n",
        "vendor/shop/cart.py": "class ShoppingCart:\n    pass\n",
        "docs/cart.md": "ShoppingCart holds items.\n",
        "big.py": FILLER,
    }
)


@pytest.mark.parametrize(
    ("request_text", "best"),
    [
        ("Fix src/shop/cart.py", "src/shop/cart.py"),
        ("Fix `src/shop/cart.py:12`", "src/shop/cart.py"),
        ("Look at ./src/shop/stock.py, please", "src/shop/stock.py"),
        ("config_loader.py is slow", "src/shop/config_loader.py"),
        ("The config loader ignores comments", "src/shop/config_loader.py"),
        ("`shop.errors.OutOfStock` needs a message", "src/shop/errors.py"),
        ("add_item accepts anything", "src/shop/cart.py"),
        ("`check_stock()` is wrong", "src/shop/stock.py"),
        ("OutOfStock should carry the item", "src/shop/errors.py"),
        ('It says "there is nothing left of it" for full shelves', "src/shop/stock.py"),
        ("See https://github.com/acme/shop/blob/main/src/admin/views.py#L3-L9", "src/admin/views.py"),
        ('It fails\n\n```\n  File "/app/src/shop/stock.py", line 2, in check_stock\n```', "src/shop/stock.py"),
        ("It fails\n\n    at total (/home/me/shop/web/cart.ts:1:30)", "web/cart.ts"),
        ("Checking stocks raises nothing", "src/shop/stock.py"),
        ("Loading configs is slow", "src/shop/config_loader.py"),
        ("web: the total is rounded", "web/cart.ts"),
        ("fix(admin): the wrong page is shown", "src/admin/views.py"),
    ],
)
def test_the_best_file_is_the_one_that_the_request_is_about(request_text: str, best: str) -> None:
    assert select(request_text, SHOP).files[0] == best


@pytest.mark.parametrize(
    ("trace", "file"),
    [
        ("at com.acme.shop.Cart.add(Cart.java:41)", "src/main/java/com/acme/shop/Cart.java"),
        ("\t/go/src/acme/shop/cart.go:41 +0x1d", "shop/cart.go"),
        ("  --> src/cart.rs:4:5", "src/cart.rs"),
        ("  at Acme.Shop.Cart.Add() in /build/Shop/Cart.cs:line 7", "Shop/Cart.cs"),
        ("lib/cart.rb:9:in `add'", "lib/cart.rb"),
        ("    at Cart.add (/srv/app/src/cart.js:3:9)", "src/cart.js"),
        (r'  File "C:\work\shop\cart.py", line 3, in add', "shop/cart.py"),
    ],
)
def test_a_traceback_of_any_language_leads_to_its_file(trace: str, file: str) -> None:
    library = Files({file: "text\n", f"other/{file.rpartition('/')[2]}": "text\n", "big.py": FILLER})

    chosen = select(f"It crashes\n\n```\n{trace}\n```\n", library)

    assert chosen.files[0] == file
    assert any(reason.startswith("in a traceback") for reason in chosen.reasons[file])


def test_a_definition_beats_many_mentions() -> None:
    mentions = {f"src/use{n}.py": "from rates import vat_rate\n" + "vat_rate()\n" * 50 for n in range(5)}
    library = Files({**mentions, "src/rates.py": "def vat_rate():\n    return 0.19\n", "big.py": FILLER})

    chosen = select("vat_rate should depend on the country", library)

    assert chosen.files[0] == "src/rates.py"
    assert "defines: vat_rate" in chosen.reasons["src/rates.py"]


def test_the_test_of_a_chosen_source_comes_along_and_the_source_of_a_named_test_too() -> None:
    assert "tests/test_cart.py" in select("Fix src/shop/cart.py", SHOP).files
    assert "web/cart.ts" in select("web/cart.test.ts fails", SHOP).files


def test_vendored_code_is_chosen_only_when_the_request_names_it() -> None:
    assert "vendor/shop/cart.py" not in select("ShoppingCart loses items", SHOP).files
    assert select("Patch vendor/shop/cart.py", SHOP).files[0] == "vendor/shop/cart.py"


def test_every_chosen_file_has_its_reasons_and_the_weightiest_comes_first() -> None:
    chosen = select("`check_stock` in src/shop/stock.py is wrong", SHOP)

    assert set(chosen.reasons) == set(chosen.files)
    assert chosen.reasons["src/shop/stock.py"][0] == "named: src/shop/stock.py"
    assert "defines: check_stock" in chosen.reasons["src/shop/stock.py"]


def test_the_same_request_and_files_in_any_order_give_the_same_selection() -> None:
    turned = Files(dict(reversed(SHOP.contents.items())))
    text = "ShoppingCart loses items when check_stock fails"

    assert select(text, SHOP) == select(text, turned)


def test_no_more_files_than_asked_for() -> None:
    library = Files({f"src/part{n}.py": "def frobnicate():\n    pass\n" for n in range(12)} | {"big.py": FILLER})

    assert len(select("frobnicate is slow", library).files) == MAX_FILES
    assert len(select("frobnicate is slow", library, max_files=3).files) == 3


def test_the_files_stay_within_the_budget_and_a_smaller_one_takes_the_place_of_one_that_does_not_fit() -> None:
    library = Files({"a.py": "#" * 4_000, "b.py": "#" * 4_000, "c.py": "#"})

    assert select("a.py, b.py and c.py are wrong", library, max_tokens=1_100).files == ("a.py", "c.py")


def test_a_named_file_that_alone_is_over_the_budget_is_chosen_so_that_somebody_says_so() -> None:
    assert select("Fix big.py", SHOP, max_tokens=1_000).files == ("big.py",)


def test_a_binary_file_is_never_chosen() -> None:
    library = Files({"logo.png": "\0", "src/page.py": "logo\n", "big.py": FILLER})

    assert "logo.png" not in select("Replace logo.png on the page", library).files


def test_a_tiny_repository_goes_in_as_a_whole() -> None:
    library = Files({"greet.py": "def greet(): ...\n", "main.py": "greet()\n", "LICENSE": "words\n", "uv.lock": "x\n"})

    chosen = select("Add a goodbye", library)

    assert set(chosen.files) == {"greet.py", "main.py"}
    assert chosen.reasons["main.py"] == ("the repository is small",)


def test_a_request_that_leads_nowhere_selects_nothing() -> None:
    assert select("Add a licence", Files({"src/page.py": FILLER})).files == ()
    assert select("", Files({})).files == ()


def test_one_search_serves_all_words() -> None:
    library = Files(SHOP.contents)

    select("ShoppingCart, add_item, check_stock, OutOfStock, `load` and `parse`", library)

    assert library.searches == 1


def test_templates_addresses_and_common_words_are_no_clues() -> None:
    clues = read_clues(
        "Cart is wrong\n\n<!-- run `secret_name` -->\nSee https://example.com/some_path/x.py: ValueError"
    )

    assert "secret_name" not in clues.names
    assert clues.paths == ()
    assert clues.identifiers == ()
    assert clues.words == ("cart",)


def test_names_in_code_and_in_prose_are_told_apart() -> None:
    clues = read_clues("Title\n\nCall `frob.run(depth)` or parseInput, MAX_DEPTH or walk(tree)")

    assert clues.names == ("frob", "run", "depth")
    assert clues.identifiers == ("parseInput", "MAX_DEPTH", "walk")


@pytest.mark.parametrize(
    "line",
    [
        "def frob(x):",
        "    async def frob(self):",
        "class frob:",
        "export default function frob() {",
        "export const frob = (x) => x",
        "const frob = async function () {",
        "func (s *Server) frob(w http.ResponseWriter) error {",
        "pub(crate) fn frob<T>(x: T) -> T {",
        "    public static List<String> frob(int a) throws IOException {",
        "int frob(char *a) {",
        "std::string Shop::frob(int a) const {",
        "  def self.frob(x)",
        "frob: int = 3",
        "frob = 3",
        "interface frob {",
        "#define frob(x) (x)",
        "exports.frob = function (x) {",
        "  frob: function () {",
        "fun frob(x: Int): Int = x",
    ],
)
def test_a_definition_is_recognized(line: str) -> None:
    assert defined_in(f"first\n{line}\nlast\n", {"frob"}) == {"frob"}


@pytest.mark.parametrize(
    "line",
    [
        "frob(x)",
        "    return frob(x) {",
        "x = frob",
        "if frob(x) {",
        "# def of frob",
        "frob == 3",
        "import frob",
        "a.frob()",
    ],
)
def test_a_use_is_no_definition(line: str) -> None:
    assert defined_in(f"first\n{line}\nlast\n", {"frob"}) == frozenset()


def test_a_line_of_a_minified_file_is_not_searched_for_definitions() -> None:
    assert defined_in("function frob() {" + "a*b," * 200 + "\n", {"frob"}) == frozenset()


@pytest.mark.parametrize(
    ("file", "test", "subject"),
    [
        ("tests/test_cart.py", True, "cart"),
        ("cart_test.go", True, "cart"),
        ("cart.spec.ts", True, "cart"),
        ("src/test/java/CartTest.java", True, "Cart"),
        ("spec/cart_spec.rb", True, "cart"),
        ("src/contest.py", False, "contest"),
        ("src/latest.py", False, "latest"),
        ("src/cart.py", False, "cart"),
    ],
)
def test_tests_are_known_by_their_names(file: str, test: bool, subject: str) -> None:  # noqa: FBT001
    assert (is_test(file), subject_of(file)) == (test, subject)


def test_a_mention_that_contradicts_the_folder_finds_nothing() -> None:
    index = NameIndex(["src/shop/cart.py", "lib/cart.py"])

    assert index.find("/app/src/shop/cart.py") == ["src/shop/cart.py"]
    assert index.find("cart.py") == ["src/shop/cart.py", "lib/cart.py"]
    assert index.find("web/cart.py") == []


def test_generated_files_are_noise() -> None:
    assert all(map(is_noise, ("package-lock.json", "a/b.min.js", "vendor/x.go", "CHANGELOG.md", "uv.lock")))
    assert not any(map(is_noise, ("src/lock.py", "distance.py", "README.md", "licensing.py")))


@pytest.mark.parametrize(
    "hostile",
    [
        "<!--",
        "~",
        "a",
        "a.",
        "a/",
        "`",
        "```\n",
        '"a',
        "at a.",
        "at ",
        "A_",
        "aA",
        "http",
        "://",
        'File "',
        "[](",
        "\\",
        "1:",
    ],
)
def test_a_request_made_to_be_slow_is_not(hostile: str) -> None:
    started = time.perf_counter()
    read_clues("title\n" + hostile * (100_000 // len(hostile)))
    assert time.perf_counter() - started < 2


def test_ten_thousand_files_take_one_search_and_a_bounded_number_of_readings() -> None:
    names = {f"src/pkg{n % 100}/module_{n}.py": f"def function_{n}():\n    pass\n" for n in range(10_000)}
    library = Files(names)
    library.count_words = lambda words: {word: dict.fromkeys(names, 2) for word in words}  # type: ignore[method-assign]

    chosen = select("function_1 in module_1 is wrong\n\n" + "some_name other_name ThirdName " * 30, library)

    assert chosen.files[0] == "src/pkg1/module_1.py"
    assert library.listings <= 5
    assert library.readings <= 300


@pytest.mark.parametrize(
    ("likelier", "than"),
    [
        ("src/cart.py", "tests/test_cart.py"),
        ("src/cart.py", "src/mock_cart.py"),
        ("src/cart.js", "webpack.config.js"),
        ("src/cart.py", "docs/conf.py"),
        ("src/cart.py", "src/cart.yml"),
        ("src/cart.yml", "README.md"),
        ("tests/test_cart.py", "tests/README.md"),
        ("README.md", "vendor/cart.py"),
    ],
)
def test_of_files_that_say_the_same_the_program_comes_first(likelier: str, than: str) -> None:
    assert likelihood(likelier) > likelihood(than)
