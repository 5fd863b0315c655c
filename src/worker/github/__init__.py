"""The forge client: GitHub's API behind the `Forge` port of `worker.ports`. The gateway may use it too."""
