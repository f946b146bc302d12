"""The same pipeline over many cases: one function from whole cases to findings (`batch`), run here by partition
(`run`) or in Spark (`spark`), and the folder that is written in the end (`output`).
"""
