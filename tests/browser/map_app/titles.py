"""Titles that a map has to show as text."""

TITLES = [
    "<img src=x onerror=alert(1)>",
    "endless " * 250,
    "لوحة زيتية من القرن التاسع عشر",
    "神奈川沖浪裏",
    "",
]
