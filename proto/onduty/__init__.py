"""The contract of onduty, generated from `status.proto`."""
