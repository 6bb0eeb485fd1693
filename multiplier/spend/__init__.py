"""Published spend files, read in memory: payments by supplier, and the local part.

multiplier/assets/spend/ does the same in the browser. Both use words.json, must pass
multiplier/tests/spend/cases.py and must agree on random files.
"""
