"""Who belongs: organisation, bodies, members, rolls, officers and their roles. Knows of no ballots."""
