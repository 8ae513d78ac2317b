"""What everybody may see: records, pins, certificates, announcements."""
