"""Watches: an account as it was, then as it changes, resumable without gaps."""
