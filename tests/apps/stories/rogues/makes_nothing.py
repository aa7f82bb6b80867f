unused = "an app without an answer"
