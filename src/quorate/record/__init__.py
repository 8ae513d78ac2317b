"""Canonical bytes of a public record to objects and back, versioned; decisions are made elsewhere."""
