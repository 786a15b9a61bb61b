"""The onduty server. `process` builds and runs it, `cli` starts it; see ARCHITECTURE.md for what lies where."""
