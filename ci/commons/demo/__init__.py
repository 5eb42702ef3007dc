"""The demo: a scratch copy of the pool, an example contribution, a real model, a number and a site."""
