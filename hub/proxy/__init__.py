"""The apps port: from a host name to a running app, and the bytes between the two. `vitrina.hub.front` wires it."""
