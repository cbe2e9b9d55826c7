"""The commands of `crowdbroker review`."""
