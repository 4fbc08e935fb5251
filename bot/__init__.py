"""Artifacts and history -> conversation -> Discord or terminal."""
