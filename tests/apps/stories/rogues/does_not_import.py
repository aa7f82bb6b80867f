import json

import not_installed_anywhere

answer = (json, not_installed_anywhere)
