"""How GitHub writes things down: JSON values of the description's shapes."""
