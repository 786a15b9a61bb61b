"""Decides who calls and what they may do, without a wire. Only `files` and `jwks_url` do I/O."""
