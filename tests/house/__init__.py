"""What holds the house together: floors, front doors, sizes, owners, locks, licences, set-up."""
