"""The onduty server. `bootstrap` builds it, `cli` starts it; see ARCHITECTURE.md for what lies where."""
