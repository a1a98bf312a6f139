-- What each table of casework is for, readable from the catalogue and in schema.sql.

comment on table casework.task is
  'What waits for somebody. Closed when done, or by itself when its reason went away; never deleted.';
comment on table casework.case_number is
  'Last number given to a case, by landlord and year: C-2026-0001.';
comment on table casework."case" is
  'Why somebody looks, holds or asks: our reference and theirs.';
