"""Pictures of apps: an app's page, drawn by a Chromium that is confined as an app is and reaches that one app only.

photographer  in the hub: makes the sandbox, hands it connections to the app, takes the picture out
studio        the program in the sandbox: puts up its walls, runs everything below
relay         a port in the sandbox's own network, each connection to which is one to the app
devtools      Chromium, told what to do over two pipes
page          one page from its address to the moment in which it is drawn
pixels        whether there is anything to be seen
"""
