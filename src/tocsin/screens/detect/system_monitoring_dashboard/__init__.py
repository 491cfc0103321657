"""System Monitoring Dashboard: health of every service and check, alert stream, intake, and Tocsin's own workers."""
