import sys

sys.exit("I do not want to")
