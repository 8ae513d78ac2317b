"""Pages of tellers behind personal links. No account, no cookie; the secret of a link is only ever posted."""
