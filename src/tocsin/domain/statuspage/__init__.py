"""The public face: components, incidents and maintenance as customers see them."""
