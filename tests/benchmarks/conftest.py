"""Each benchmark stands beside its peer, measured in the same run: the ratio counts, not the machine's speed."""

import time

import pytest


@pytest.fixture
def beside(benchmark, capsys):
    """beside(own, peer, rounds): pytest-benchmark times `own`; returns best time of `peer` by that of `own`.

    The two take turns, so that a machine that is busy for a while is busy for both. The peer's time and the ratio are
    stored with the benchmark's results, and printed.
    """

    def measure(own, peer, rounds=5, photos=1.0):
        """photos: the share of the work that `peer` does, where the whole would take minutes."""
        peer_times = []

        def peers_turn():
            start = time.perf_counter()
            peer()
            peer_times.append((time.perf_counter() - start) / photos)

        own()
        peers_turn()  # both have now been warmed up
        peer_times.clear()
        benchmark.pedantic(own, setup=peers_turn, rounds=rounds)
        own_time, peer_time = benchmark.stats.stats.min, min(peer_times)
        ratio = peer_time / own_time
        benchmark.extra_info.update(peer_seconds=peer_time, ratio=ratio)
        with capsys.disabled():
            print(f"\n{benchmark.name}: {own_time:.3f} s, its peer {peer_time:.3f} s, {ratio:.1f} times as fast")
        return ratio

    return measure
