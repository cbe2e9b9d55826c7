"""The commands of `crowdbroker marketplace`, a file each."""
