"""The key ceremony: n tellers make the ballot key together (docs/protocol/06-key-ceremony.md).

Each round is a module whose `Package` is public and may be sent to everybody; what a `SecretPackage` or a
`KeyPackage` holds never leaves its teller. `gather` in a round checks all n packages and returns the state
that the next round needs, so a round cannot start on an unchecked one. `conclusion.conclude` judges a whole
ceremony.
"""
