"""Who calls, and what they may do: decisions without a wire. Only `files` and `jwks_url` touch what is outside."""
