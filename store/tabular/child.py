"""The process that looks into large files: a request as JSON comes in, what was found goes out."""

from __future__ import annotations

import sys

from vitrina.store.tabular.examining import answer

if __name__ == "__main__":
    sys.stdout.write(answer(sys.stdin.read()))
