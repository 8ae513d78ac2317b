"""What everybody may see: organisation, ballot, result, board, how to verify; no cookies."""
