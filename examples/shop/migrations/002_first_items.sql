INSERT INTO items (name, price_cents) VALUES ('apple', 40), ('bread', 320), ('cheese', 590);
