"""How well search answers: judged questions, and what we compare ourselves with."""
