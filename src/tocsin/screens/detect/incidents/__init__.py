"""The list of incidents, and declaring one."""
