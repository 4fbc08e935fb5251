"""Turns Discord's events into calls of the conversation, and its replies into messages."""
