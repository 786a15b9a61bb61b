"""Version 1 of the contract: messages and service stubs, written by `make proto` and not by hand."""
