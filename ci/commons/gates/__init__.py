"""Gates: trial runs that prove a task measures something, with evidence and a threshold for each verdict."""
