"""Clone, branch, commit and leased push, by git itself."""
