"""Views of the hub, by what people do: look and write, change the state, correct facts, tasks, roles, updates."""
