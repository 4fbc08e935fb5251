"""Raw data -> trained PyTorch models."""
