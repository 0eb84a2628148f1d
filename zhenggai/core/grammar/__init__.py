"""Grammar: a cleaned text becomes the objects of the public format `zhenggai/1`.

``outline`` finds numbers and labels, ``task_groups`` tells which belong to one task, ``task_values`` and the small
grammars (dates, units, quantities, measures) read the words; duties, bodies and front matter read the whole text.
"""
