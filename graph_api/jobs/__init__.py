"""Background jobs: the scheduler, and `jobs`, which calls one use case per job."""
