from pathlib import Path

import panel as pn

pn.extension(raw_css=["body { background: rgb(255, 248, 231); }"])


def start():
    return pn.Column("# Start", pn.pane.HTML('<a href="more">To more</a>'))


def more():
    return pn.Column("# More", Path("words.txt").read_text())


if __name__ == "__main__":
    pn.serve({"/": start, "more": more}, port=5006, show=True)
