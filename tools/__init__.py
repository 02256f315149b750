"""Programs for those who maintain dbfold: `make release`."""
