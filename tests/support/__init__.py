"""What several tests need: small ballots made with the real parts, and ways to rebuild a record by its
owner's keys.
"""
