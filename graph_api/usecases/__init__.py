"""What the service does, one verb phrase a file: read, call the domain, write, in one transaction."""
