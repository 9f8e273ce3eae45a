"""One module a step, each following the one before."""
