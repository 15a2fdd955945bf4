"""Documents to evidence: sentences, duplicates, actors, events, mechanisms and plans, as suggestions with their
spans."""
