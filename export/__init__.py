"""Trained models -> ONNX, checked against PyTorch before anyone may serve them."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # as in bot/
