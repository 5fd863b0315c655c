"""The repository of the demo: the cart of a tea shop with a bug, the test that shows it, and an issue about it."""

from __future__ import annotations

NAME = "acme/teashop"
CUSTOMER = "alice"
FAILING_TEST = "test_adding_a_product_again_adds_up"

ISSUE_TITLE = "Adding a product again forgets what is in the cart"
ISSUE_BODY = f"""\
I put two tins of Assam into the cart, looked around, and came back for one more.
Now the cart holds **one** tin instead of three.

`{FAILING_TEST}` in `tests/test_cart.py` shows it.
"""

_README = """\
# teashop

What a small tea shop needs to sell tins of tea: products, and a cart that adds up.
Orders of 40.00 and more are shipped for free.

    python -m unittest
"""

_AGENTS = """\
# For everybody who changes this code, people and programs

- The standard library only, and type hints everywhere.
- Money is an `int` in cents. No floats.
- A public name has a docstring of one line.
- A bug fix changes as little as it can.
"""

_CATALOG = '''\
"""What the shop sells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """A tin of tea; its price is in cents."""

    sku: str
    name: str
    price: int


def in_words(cents: int) -> str:
    """An amount of money as a customer reads it, such as 12.50."""
    return f"{cents // 100}.{cents % 100:02d}"
'''

_CART = '''\
"""What a customer is about to buy."""

from teashop.catalog import Product

SHIPPING = 3_90
FREE_SHIPPING_FROM = 40_00


class Cart:
    """Products and how many of each."""

    def __init__(self) -> None:
        self._products: dict[str, Product] = {}
        self._quantities: dict[str, int] = {}

    def add(self, product: Product, quantity: int = 1) -> None:
        """Put some more of a product into the cart."""
        if quantity < 1:
            raise ValueError("the quantity must be at least 1")
        self._products[product.sku] = product
        self._quantities[product.sku] = quantity

    def remove(self, product: Product) -> None:
        """Take all of a product out of the cart."""
        self._products.pop(product.sku, None)
        self._quantities.pop(product.sku, None)

    def quantity(self, product: Product) -> int:
        """How many of a product are in the cart."""
        return self._quantities.get(product.sku, 0)

    def total(self) -> int:
        """What the customer pays, in cents, with shipping."""
        goods = sum(product.price * self.quantity(product) for product in self._products.values())
        return goods if goods >= FREE_SHIPPING_FROM or not goods else goods + SHIPPING
'''

_TEST_CART = f"""\
import unittest

from teashop.cart import SHIPPING, Cart
from teashop.catalog import Product, in_words

ASSAM = Product("assam", "Assam", 12_50)
SENCHA = Product("sencha", "Sencha", 18_00)


class CartTest(unittest.TestCase):
    def test_an_empty_cart_costs_nothing(self) -> None:
        self.assertEqual(Cart().total(), 0)

    def test_a_small_order_pays_for_shipping(self) -> None:
        cart = Cart()
        cart.add(ASSAM)
        self.assertEqual(cart.total(), ASSAM.price + SHIPPING)

    def test_a_large_order_is_shipped_for_free(self) -> None:
        cart = Cart()
        cart.add(ASSAM, 2)
        cart.add(SENCHA)
        self.assertEqual(in_words(cart.total()), "43.00")

    def {FAILING_TEST}(self) -> None:
        cart = Cart()
        cart.add(ASSAM, 2)
        cart.add(ASSAM)
        self.assertEqual(cart.quantity(ASSAM), 3)
"""

FILES = {
    "README.md": _README,
    "AGENTS.md": _AGENTS,
    "teashop/__init__.py": "",
    "teashop/catalog.py": _CATALOG,
    "teashop/cart.py": _CART,
    "tests/__init__.py": "",
    "tests/test_cart.py": _TEST_CART,
}

REPLY = """\
`Cart.add` overwrites the quantity of a product that is in the cart already. It has to add to it.

teashop/cart.py
```python
<<<<<<< SEARCH
        self._quantities[product.sku] = quantity
=======
        self._quantities[product.sku] = self.quantity(product) + quantity
>>>>>>> REPLACE
```
"""
