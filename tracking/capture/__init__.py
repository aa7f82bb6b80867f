"""What is known of a run without being told: its code and its surroundings."""
