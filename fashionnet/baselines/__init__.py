"""What is trivial and what is simple but not weak, trained on the same photos and predicted in the same form. Ours."""

from fashionnet.baselines.write import write_baselines

__all__ = ["write_baselines"]
