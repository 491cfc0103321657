"""The status page's editor: its settings, components, texts and subscribers, and where updates are written."""
