"""From a model's reply to new file contents: every edit lands where it was plainly meant, or none does."""
