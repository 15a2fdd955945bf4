"""A language model as a second reader: optional, over any OpenAI-compatible endpoint that the user names."""
