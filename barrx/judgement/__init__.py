"""Which map to believe, and where machine and catalogue disagree.

Pure functions on arrays. What needs sklearn, hdbscan, umap or scipy imports it inside the function: these run in
worker processes (:mod:`barrx.judgement.questions` names what can be asked and keeps the answers).
"""
