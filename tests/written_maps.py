"""How often a map is written to the cache, by whatever process: computed twice, it is written twice."""

from barrx import cache


def count() -> None:
    """Have the database note each map that any process writes from now on, also one in place of the same."""
    sql = cache._opened("projections").cache._sql
    sql("CREATE TABLE Written (key TEXT)")
    for event in ("INSERT", "UPDATE OF store_time"):
        sql(
            f"CREATE TRIGGER written_{event.split()[0]} AFTER {event} ON Cache WHEN NEW.key LIKE 'projection:%' "
            "BEGIN INSERT INTO Written VALUES (NEW.key); END"
        )


def counted() -> list[int]:
    """Return how often each map was written since."""
    sql = cache._opened("projections").cache._sql
    return [count for (count,) in sql("SELECT COUNT(*) FROM Written GROUP BY key").fetchall()]
