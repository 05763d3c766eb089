"""Names of clusters that a map has to show as text, by cluster number."""

NAMES = {
    0: "<img src=x onerror=alert(1)>",
    3: "endless " * 250,
    6: "لوحة زيتية من القرن التاسع عشر",
    9: "神奈川沖浪裏",
}
