"""The data about members and servers: a list of it, its export, and its deletion."""
