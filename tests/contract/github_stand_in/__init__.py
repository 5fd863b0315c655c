"""The stand-in for GitHub behaves as GitHub does, and notices when somebody does not."""
