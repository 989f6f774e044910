-- A copy and a screening are of a delivery; '' where nobody knows of which.
ALTER TABLE copy ADD COLUMN delivery TEXT NOT NULL DEFAULT '';
ALTER TABLE screening ADD COLUMN delivery TEXT NOT NULL DEFAULT '';
