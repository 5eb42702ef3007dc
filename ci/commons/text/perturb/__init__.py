"""Small seeded changes of a text that leave its meaning: spelling, contractions, spaces, and words for other words."""
