"""Value stream miner."""
