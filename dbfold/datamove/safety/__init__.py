"""What brings the old files back: backups, the swap, the rollback."""
