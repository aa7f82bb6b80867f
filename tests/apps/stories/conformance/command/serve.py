import sys

import uvicorn
from app import app
from starlette.applications import Starlette
from starlette.routing import Mount

where, prefix = sys.argv[1:]
uvicorn.run(Starlette(routes=[Mount(prefix or "/", app)]), uds=where, log_level="warning")
