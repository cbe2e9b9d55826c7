"""The MTurk API on your own server, with your own people, and a broker for labels that you can trust."""

__version__ = "0.1.0"
