"""How a decision lives: state and event in, state or refusal out. Time is a parameter, storage is elsewhere.

Start with ``motion.py`` (a motion on its way from body to body), then ``register.py`` (what is in force on a
day, and until what), then ``agreement.py``.
"""
