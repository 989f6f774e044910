ALTER TABLE screening DROP COLUMN delivery;
ALTER TABLE copy DROP COLUMN delivery;
