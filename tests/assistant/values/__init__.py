"""The words every room shares, tested."""
