"""What the models of the corpus were asked to change: the files before, the edits that are right, the files after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edit:
    """Replace `search`, which stands in the file exactly once; an empty one makes the file. Lines end with LF."""

    path: str
    search: str
    replace: str


@dataclass(frozen=True)
class Scenario:
    """`chat` are the files that the model is shown. A file's line ends may be CRLF, the edits' are LF."""

    name: str
    files: Mapping[str, str]
    edits: tuple[Edit, ...]
    chat: tuple[str, ...] = ()
    tags: frozenset[str] = field(default_factory=frozenset)

    @property
    def shown(self) -> tuple[str, ...]:
        return self.chat or tuple(dict.fromkeys(edit.path for edit in self.edits if edit.path in self.files))

    @property
    def after(self) -> dict[str, str]:
        """The files as they should be, made by plain replacement of text."""
        files = dict(self.files)
        for edit in self.edits:
            if not edit.search:
                assert edit.path not in files
                files[edit.path] = edit.replace
                continue
            end = "\r\n" if "\r\n" in files[edit.path] else "\n"
            old, new = (text.replace("\n", end) for text in (edit.search, edit.replace))
            assert files[edit.path].count(old) == 1, (self.name, edit.path)
            files[edit.path] = files[edit.path].replace(old, new)
        return files


CART = '''"""The shopping cart."""

from decimal import Decimal


class Cart:
    def __init__(self):
        self.lines = []

    def add(self, price, count):
        self.lines.append((price, count))

    def total(self):
        total = Decimal(0)
        for price, count in self.lines:
            total += price
        return total

    def count(self):
        return sum(count for _, count in self.lines)
'''

TAX = """RATES = {"DE": 19, "FR": 20}


def tax(amount, country):
    rate = RATES[country]
    return amount * rate / 100
"""

MENU = """import { items } from "./items.js";

export function menu(user) {
\tif (!user) {
\t\treturn [];
\t}
\tconst shown = items.filter((item) => item.public);
\treturn shown.map((item) => item.title);
}

export function footer() {
\treturn "(c) 2024";
}
"""

SERVER = """package server

import "net/http"

// Handler answers every request.
func Handler(w http.ResponseWriter, r *http.Request) {
\tif r.Method != "GET" {
\t\tw.WriteHeader(400)
\t\treturn
\t}
\tw.Write([]byte("ok"))
}
"""

GUIDE = """Guide
=====

Install it:

```sh
pip install shop
```

Then start it:

```sh
shop serve --port 80
```

Questions
---------

Ask on the list.
"""

PROGRAM = """using System;

class Program
{
    static void Main()
    {
        var name = Console.ReadLine();
        Console.WriteLine("Helo " + name);
    }
}
""".replace("\n", "\r\n")

DATES = """export const DAY = 86400;

export function days(from: number, to: number): number {
  const seconds = to - from;
  return seconds / DAY;
}

export function label(count: number): string {
  return count === 1 ? "day" : "days";
}
"""

PARSER = """def parse(text):
    result = {}
    for line in text.splitlines():
        key, value = line.split("=")
        result[key] = value
    return result


def dump(values):
    lines = []
    for key, value in values.items():
        lines.append(key + "=" + value)
    return "\\n".join(lines)
"""

SCENARIOS = (
    Scenario(
        "line in a method",
        {"shop/cart.py": CART, "shop/tax.py": TAX},
        (Edit("shop/cart.py", "            total += price\n", "            total += price * count\n"),),
    ),
    Scenario(
        "body of a method",
        {"shop/cart.py": CART},
        (
            Edit(
                "shop/cart.py",
                "    def add(self, price, count):\n        self.lines.append((price, count))\n",
                "    def add(self, price, count):\n        if count < 1:\n            raise ValueError(count)\n"
                "        self.lines.append((price, count))\n",
            ),
        ),
    ),
    Scenario(
        "two places in a file",
        {"parser.py": PARSER},
        (
            Edit(
                "parser.py",
                '        key, value = line.split("=")\n        result[key] = value\n',
                '        key, value = line.split("=", 1)\n        result[key.strip()] = value.strip()\n',
            ),
            Edit(
                "parser.py",
                "    for key, value in values.items():\n",
                "    for key, value in sorted(values.items()):\n",
            ),
        ),
    ),
    Scenario(
        "two files",
        {"shop/cart.py": CART, "shop/tax.py": TAX, "README.md": "# Shop\n"},
        (
            Edit("shop/tax.py", "    rate = RATES[country]\n", "    rate = RATES.get(country, 0)\n"),
            Edit(
                "shop/cart.py",
                "        total = Decimal(0)\n        for price, count in self.lines:\n            total += price\n"
                "        return total\n",
                "        return sum((price * count for price, count in self.lines), Decimal(0))\n",
            ),
        ),
    ),
    Scenario(
        "tabs in a script",
        {"web/menu.js": MENU, "web/items.js": "export const items = [];\n"},
        (
            Edit(
                "web/menu.js",
                "\tconst shown = items.filter((item) => item.public);\n\treturn shown.map((item) => item.title);\n",
                "\tconst shown = items.filter((item) => item.public || user.admin);\n"
                "\treturn shown.map((item) => item.title.trim());\n",
            ),
        ),
        tags=frozenset({"tabs"}),
    ),
    Scenario(
        "tabs in a server",
        {"server/handler.go": SERVER},
        (
            Edit(
                "server/handler.go",
                '\tif r.Method != "GET" {\n\t\tw.WriteHeader(400)\n',
                "\tif r.Method != http.MethodGet {\n\t\tw.WriteHeader(http.StatusMethodNotAllowed)\n",
            ),
        ),
        tags=frozenset({"tabs"}),
    ),
    Scenario(
        "a text with fences",
        {"docs/guide.md": GUIDE},
        (Edit("docs/guide.md", "```sh\nshop serve --port 80\n```\n", "```sh\nshop serve --port 8080\n```\n"),),
        tags=frozenset({"fences"}),
    ),
    Scenario(
        "windows line ends",
        {"Program.cs": PROGRAM},
        (
            Edit(
                "Program.cs",
                '        var name = Console.ReadLine();\n        Console.WriteLine("Helo " + name);\n',
                '        var name = Console.ReadLine() ?? "you";\n        Console.WriteLine("Hello " + name);\n',
            ),
        ),
    ),
    Scenario(
        "a deep folder",
        {"packages/web/src/dates.ts": DATES, "packages/api/src/index.ts": "export {};\n"},
        (
            Edit(
                "packages/web/src/dates.ts",
                "  const seconds = to - from;\n  return seconds / DAY;\n",
                "  const seconds = Math.abs(to - from);\n  return Math.floor(seconds / DAY);\n",
            ),
        ),
    ),
    Scenario(
        "a new file",
        {"shop/tax.py": TAX},
        (
            Edit("shop/rates.py", "", '"""Rates in percent."""\n\nRATES = {"DE": 19, "FR": 20}\n'),
            Edit("shop/tax.py", 'RATES = {"DE": 19, "FR": 20}\n', "from shop.rates import RATES\n"),
        ),
        tags=frozenset({"new"}),
    ),
)
