"""Looking after a store: check, backup, gc, export, import. One file each; `vitrina store …` calls them."""
