"""Alert's way: the whole way of one alert as a line of stages, live; and what waits or could not be read."""
