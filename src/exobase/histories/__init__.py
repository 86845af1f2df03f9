"""The test-particle solver: histories of energetic particles in a given atmosphere."""
