"""What models run on: a CUDA device if there is one (ONNX Runtime is asked for its provider only then), and cores."""

from __future__ import annotations

import ctypes
import functools
import os
import sys

import onnxruntime


@functools.cache
def has_cuda() -> bool:
    """Whether the driver finds a device and ONNX Runtime was built for it; the driver is asked, nothing is loaded."""
    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        return False
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0


def providers() -> list[str]:
    """ONNX Runtime's execution providers for this machine, the best first."""
    if not has_cuda():
        return ["CPUExecutionProvider"]
    onnxruntime.preload_dlls()
    return ["CUDAExecutionProvider", "CPUExecutionProvider"]


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
