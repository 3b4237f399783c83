"""The one door to OpenVINO."""

from __future__ import annotations

import sys
from typing import Any


def load_openvino() -> Any:
    """Import openvino so that it stays silent, and return it.

    `import openvino` alone reports the import to a statistics server through the package
    openvino_telemetry and leaves an id in the home folder; this product reaches no network. Where
    that package cannot be imported openvino uses a stub of its own that does nothing
    (openvino/tools/ovc/telemetry_stub.py), so it is made unimportable. Only a process that imported
    openvino before us is beyond reach.
    """
    if "openvino" not in sys.modules and "openvino_telemetry" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino
