"""GitHub's side of the pool: what is told on pull requests, by whom they wait, and what may land by itself."""
