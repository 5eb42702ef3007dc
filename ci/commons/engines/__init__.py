"""Generate: model backends that answer requests. No contributed code runs here, and nothing knows about tasks.

An engine registers itself beside its code with :func:`commons.engines.base.engine`; adding one is adding one file.
"""
