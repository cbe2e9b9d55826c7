"""The requester's web: Batches, Labels, Workers, decisions and money, for people who sign in with a role."""
