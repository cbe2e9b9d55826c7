"""`crowdbroker demo`: the whole job on one's own machine, with a simulated crowd or with recorded answers."""
