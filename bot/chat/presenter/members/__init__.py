"""The answers to `/usage`, `/privacy` and `/help`."""
