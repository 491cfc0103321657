"""Wake-ups: heard on this machine, however deep the installation's folder lies."""

import pytest

from tocsin.core.engine.wake import Bell, wake_engine


@pytest.mark.parametrize("depth", [1, 12])
def test_a_ring_is_heard_even_in_a_folder_whose_name_is_too_long_for_a_socket(settings, tmp_path, depth):
    home = tmp_path.joinpath(*["a-folder-with-a-name"] * depth)
    home.mkdir(parents=True)
    settings.HOME = home
    bell = Bell("test")
    try:
        assert not bell.wait(0.01)
        wake_engine()
        wake_engine()
        assert bell.wait(1)
        assert not bell.wait(0.01), "several rings are one"
    finally:
        bell.close()


def test_ringing_when_nobody_listens_harms_nobody(settings, tmp_path):
    settings.HOME = tmp_path
    wake_engine()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "dead.sock").touch()
    wake_engine()
