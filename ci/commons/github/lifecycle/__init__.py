"""What policy asks for by itself: proposals derived from the pool, compared with what stands open, and opened.

A *proposer* (one file in ``proposers``) looks at the pool and yields proposals. ``compute`` says, as a pure function,
which are to be opened, updated, closed or left; ``execute`` does that, as pull requests where there is a bot and as
issues where there is none.
"""
