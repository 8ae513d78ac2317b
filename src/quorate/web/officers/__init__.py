"""Pages behind a sign-in: rolls, drafts, opening, closing, release."""
