"""The analysis of one photo for a thousand or a million: folders, archives, data sets, one machine or many.

    sources -> found faces (worker processes) -> network (batches) -> rows -> store -> summary

Every stage is lazy, so memory does not grow with the number of photos; no stage raises for one photo, so a
broken file costs its own row and never the run.
"""
