"""The nouns: what the rooms hand to each other. Imports nothing else of this project."""
