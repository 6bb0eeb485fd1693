"""The calculator's pages: forms, questions, answers in words, saved results, exports, method."""
