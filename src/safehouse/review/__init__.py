"""The review page: a web app for one person on one machine, on loopback alone."""
