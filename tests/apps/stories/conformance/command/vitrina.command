python serve.py {socket} "{prefix}"
