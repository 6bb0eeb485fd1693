"""What the network shows and takes: joining, endorsing, the directory, reviewing."""
