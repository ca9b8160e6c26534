"""The world that the vehicle flies in: earth, air, motors, vehicle, sensors, failures, missions."""
