"""Examples of the API: one value for each member's name, and what the schemas make of them."""
