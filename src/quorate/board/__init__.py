"""The board: a transparency log of opaque entries, in the formats of C2SP, one for each ballot.

This layer does not know what an entry means: entries are bytes. It promises that what was acknowledged stays,
in its order, and that anyone can check this from the published files alone (docs/protocol/08-board.md).

Modules, from pure to stateful: `tree`, `inclusion`, `consistency` (hashing and proofs), `note`, `keys`,
`checkpoint`, `proof` (text formats and signatures), `storage` (the promise a store must keep), `fileops`,
`files` (that promise kept in a directory), `examine` (is a store intact?), `log` (the sequencer).
Verifiers need only those up to `proof`; `files` needs a POSIX system.
"""
