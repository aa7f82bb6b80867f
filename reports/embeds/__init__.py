"""Embeds: what of the store can stand in a text. One file each; `embed.py` is the contract, `registry.py` the list."""
