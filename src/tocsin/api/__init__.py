"""The REST API under `/api/v1/`: calls the same commands and queries as the screens, and nothing else."""
