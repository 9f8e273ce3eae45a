"""What Acme adds to the value stream miner: a format, a mapping and a reference stream."""
