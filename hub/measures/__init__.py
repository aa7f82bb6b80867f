"""What operators see: figures of this moment at `/metrics`, and the use of each app by day.

    families     a figure with its name, kind and labels, and how it is written out   (pure)
    histogram    how long things take
    traffic      what passes the apps port
    starts       how apps start and end
    builds       environments of apps
    recordings   feedback of apps
    book         use by app and day, on its way to the store
    told         what the front says of itself, to the portal
    requests     what the portal is asked
    scrape       `/metrics`, and who may read it

The front counts what it does, since it alone knows; the portal asks it when somebody asks the portal. All counting is
plain numbers in an event loop: a request costs no lock, no file and no question to the store.
"""
