"""The cryptography of a ballot: transcripts, proofs, credentials, the key ceremony, the tally.

Pure functions over `quorate.group`. Randomness is always a parameter; nothing here reads a clock, a file or
JSON, or knows what an option means to people.
"""
