"""An app while it is written: it starts again, behind the same address, when a file of it is saved.

source      what belongs to the app, and how it was when it was looked at
saves       which of its files were saved, as it happens
in_place    the app in a process of its own, among its author's files
switch      the address: whoever comes goes to the start that serves now
bench       one start after the other; what went wrong keeps the one before
session     all of that together, from the command line
"""
