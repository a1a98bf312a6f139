-- What each table of register is for, readable from the catalogue and in schema.sql.

comment on table register.site is
  'A place with cameras. Addresses of homes are sensitive: never in a log line, a task title or a ledger leaf.';
comment on table register.system is
  'The cameras serving one purpose at a place, with a manager.';
comment on table register.camera is
  'Any capturing device: where it hangs, how it is reached. Its user and password are sealed under a key outside the database.';
comment on table register.attachment is
  'Pictures that people hand in or an installer takes: photos of signs, reference stills.';
comment on table register.sign is
  'A sign that tells of cameras, with its photo; kept after it was removed.';
