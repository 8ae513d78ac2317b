"""Messages to members: who was sent what, and what came back. Knows no code after sealing."""
