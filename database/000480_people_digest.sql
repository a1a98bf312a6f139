-- How often a person's work is told to them by e-mail. No row: every working day, where they have an address.
create table people.digest (
  person_id uuid primary key references people.person (id),
  often text not null default 'daily' check (often in ('daily', 'weekly', 'never')),
  -- The last civil day for which one went out, or was found to have nothing in it; null: none yet.
  last_day date,
  -- When the mail server last refused one, and since then no other has gone out; null: all is well.
  failed_at timestamptz
);
comment on table people.digest is 'E-mail that says how much waits for somebody, and never what or about whom.';
