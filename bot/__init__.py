"""Artifacts and history -> conversation -> Discord or terminal."""

import os

# ONNX Runtime would otherwise write an id of this machine into its user's folder and report to Microsoft.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
