"""The page shell and the design language: frame, components, forms, tables, sign-in pages.

Knows no domain: screens and rooms register what the frame shows (`tocsin.ui.shell`). Never writes anything.
"""
