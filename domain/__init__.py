"""What is true at every stage: items, preferences, linking, prompts and the files between stages."""
