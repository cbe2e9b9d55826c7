"""What `aggregate` says of its labels: which method, how sure, and where a person should look first."""
