"""What the domain needs from outside. Each port's docstrings are its contract; every adapter inherits its port."""
