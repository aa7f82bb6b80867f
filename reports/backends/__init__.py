"""Back ends: the same document as live HTML, as one frozen file, and as PDF."""
