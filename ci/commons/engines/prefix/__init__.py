"""The fast engine for causal language models: what many requests begin with is computed once."""
