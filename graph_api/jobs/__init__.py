"""What runs on a schedule: one file a job, which calls one use case and reports."""
