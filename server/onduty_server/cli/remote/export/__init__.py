"""Passes an account's changes on to other systems, in order and at least once.

The feed says what comes next and a sink takes it. Invariant: the checkpoint moves once the sink has acknowledged.
"""
