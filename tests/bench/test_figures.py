"""What the bench makes of its turns."""

from tests.bench.figures import Compared, Cost, Turn, middle


def turn(ratio: float, throughput: float = 1) -> Turn:
    """Return a turn whose page costs `ratio` times the CPU of its yardstick."""
    return Turn(Cost(1000, 1, 2, cpu=0.5), Cost(1000 * throughput, 1, 2, cpu=0.5 * ratio))


def test_middle_turn_is_not_moved_by_a_disturbed_one():
    assert middle([turn(1.5), turn(90), turn(1.6)]).ratio == 1.6


def test_comparison_takes_the_middle_of_cpu_and_of_throughput():
    row = Compared("abc", "SQLite", "Talk", [turn(1.1, 0.9), turn(1, 0.5), turn(9, 0.95)])

    assert (row.cpu, row.throughput) == (1.1, 0.9)
