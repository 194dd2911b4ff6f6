"""How properties are tried: few enough for the whole folder to stay fast, and on slow machines too."""

from hypothesis import settings

settings.register_profile("unit", max_examples=40, deadline=None)
settings.load_profile("unit")
