"""From a picture of the page to the bytes that are served: HTML, JSON, feeds, calendar, badge. No queries."""
