"""What the organisation keeps and does, each app with its models, services and selectors."""
