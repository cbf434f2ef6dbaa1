"""What runs beside the requests: bills compared, old words forgotten, copies of the database."""
