"""Work that nobody asks for: the scheduler, and one file a job, each of which calls one use case."""
