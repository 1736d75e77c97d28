"""Parts of the benchmark of recording: the load, the frozen references, and the processes that are measured."""
