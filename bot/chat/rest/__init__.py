"""Discord over HTTP: what every call has in common, and what each of its refusals means."""
