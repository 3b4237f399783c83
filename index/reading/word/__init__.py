"""Word documents: our own walk over WordprocessingML."""
