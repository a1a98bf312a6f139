-- What each table of people is for, readable from the catalogue and in schema.sql.

comment on table people.role is
  'Which role a person holds at which landlord, and how far it reaches.';
