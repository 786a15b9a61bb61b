"""What the use cases need from outside: time, and a place to keep things."""
