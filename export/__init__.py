"""Trained models -> ONNX, checked against PyTorch before anyone may serve them."""
