"""Examples for the API's documentation: a value for each member name, applied to the schemas."""
