"""The engine on a graphics processor; run by make test-gpu."""
