"""Watches of accounts: a snapshot, then every change in order, resumable without gaps.

`service.Watching` is the way in. It keeps one `channel.Channel` per watched account, which fills a `ring.Ring` with the
account's latest events; each watcher is a `watch.Watch` that reads the ring at its own place.
"""
