"""A published spend file, read in memory: who was paid how much, and how much of it locally.

The same is done in the browser by multiplier/assets/spend/. Both take their words from
words.json, and both must pass multiplier/tests/spend/cases.py and agree on random files.
"""
