MORE = "Words of a file."
