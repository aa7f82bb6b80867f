"""A hub whose parent takes a child for hanging after seconds, and not after minutes."""

from __future__ import annotations

import sys

from vitrina.hub.processes.care import Patience
from vitrina.hub.serving import Browser, Wanted, serve

sys.exit(
    serve(
        Wanted(port=0, browser=Browser.NO),
        patience=Patience(ask_each_s=1.0, silences=10, show_s=0.5),
    )
)
