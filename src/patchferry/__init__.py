"""The `patchferry` command line."""
