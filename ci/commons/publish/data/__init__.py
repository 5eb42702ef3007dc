"""The writers of the site's data files: values in, text or bytes out. Where the files stand is said in ``pages/``.

Equal values give equal bytes. Text that people or models wrote passes through
:func:`~commons.publish.inert.visible` on its way into every file.
"""
