"""Takes tasks from the queue and turns them into commits and pull requests."""
