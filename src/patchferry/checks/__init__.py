"""What `patchferry doctor` looks at: each check asks one question and returns what it found."""
