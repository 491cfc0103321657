"""Settings of response teams: whom to call together, by kind and severity of the incident."""
