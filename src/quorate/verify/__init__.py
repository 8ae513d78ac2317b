"""The independent verifier: one record in, findings out. No server, network, database or clock."""
