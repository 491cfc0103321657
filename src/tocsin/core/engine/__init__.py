"""Work that waits: jobs, timers, leases, heartbeats. The facade is `tocsin.core.work`."""
