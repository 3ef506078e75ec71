"""The engine of Privet: everything it can do, without a window and without a network."""
